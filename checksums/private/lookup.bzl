"""Looks up tools, versions and releases in a registry.

Pure functions. Fallible ones return `(err, value)`, of which one is None; `err` ends with a line `hint: ...`.
A registry is a dict: tool -> content of its JSON file, in the format of `checksums/schema.json`.
"""

load(":versions.bzl", "highest_first", "nearest_first", "nearest_name")

# Platform of the registry -> (CPU, operating system) as @platforms names them.
PLATFORMS = {
    "darwin_amd64": ("x86_64", "macos"),
    "darwin_arm64": ("aarch64", "macos"),
    "linux_amd64": ("x86_64", "linux"),
    "linux_arm64": ("aarch64", "linux"),
    "windows_amd64": ("x86_64", "windows"),
    "windows_arm64": ("aarch64", "windows"),
}

# Suffixes of archives. A released file with another name is the program itself.
ARCHIVES = [
    ".tar.gz",
    ".tar.xz",
    ".tgz",
    ".zip",
]

# The maximum length of lists in messages.
_SHOWN = 5

def or_fail(result):
    """Returns the value of a result, or fails with its error.

    Args:
      result: (err, value), the result of another function.

    Returns:
      value.
    """
    err, value = result
    if err:
        fail("\nerror: " + err)
    return value

def update_command(tool, version):
    """Returns the command that adds a version to the registry.

    Args:
      tool: string, the name of the tool.
      version: string, the version.

    Returns:
      string: a command line.
    """
    return "bazel run @rules_wit//tools/checksum_updater -- update {} {}".format(tool, version)

def some(names):
    """Formats a list for a message: the first few names, and the number of the others.

    Args:
      names: list[string].

    Returns:
      string.
    """
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (" and {} more".format(more) if more > 0 else "")

def find_tool(registry, tool):
    """Looks up a tool.

    Args:
      registry: dict.
      tool: string, the name of the tool.

    Returns:
      (err, dict): the content of its JSON file.
    """
    if tool in registry:
        return None, registry[tool]
    meant = nearest_name(tool, sorted(registry))
    return "no tool `{}` in the registry; known tools: {}\nhint: {}".format(
        tool,
        ", ".join(sorted(registry)),
        "did you mean `{}`?".format(meant) if meant else "add it with `rules_wit.index(file = ...)`",
    ), None

def find_version(registry, tool, version):
    """Looks up a version of a tool.

    Args:
      registry: dict.
      tool: string, the name of the tool.
      version: string.

    Returns:
      (err, dict): its entry in `versions`.
    """
    err, entry = find_tool(registry, tool)
    if err:
        return err, None
    versions = entry["versions"]
    if version in versions:
        return None, versions[version]
    return "no {} {} in the registry; known versions: {}\nhint: add it with `{}`".format(
        tool,
        version,
        some(nearest_first(version, versions)),
        update_command(tool, version),
    ), None

def supported_platforms(registry, tool, version):
    """Returns the platforms for which a version is released.

    Args:
      registry: dict.
      tool: string, the name of the tool.
      version: string.

    Returns:
      (err, list[string]): keys of `PLATFORMS`, sorted. Empty if the version exists only as registry packages.
    """
    err, entry = find_version(registry, tool, version)
    if err:
        return err, None
    return None, sorted(entry["platforms"])

def released_versions(registry, tool):
    """Returns the versions of a tool that have a release for any platform.

    Args:
      registry: dict.
      tool: string, a tool of the registry.

    Returns:
      list[string]: the versions, highest first.
    """
    versions = registry[tool]["versions"]
    return highest_first([version for version in versions if versions[version]["platforms"]])

def latest_version(registry, tool):
    """Returns the highest version of a tool.

    Args:
      registry: dict.
      tool: string, the name of the tool.

    Returns:
      (err, string): the version.
    """
    err, entry = find_tool(registry, tool)
    if err:
        return err, None
    return None, entry["latest_version"]

def find_release(registry, tool, version, platform):
    """Looks up the release of a version for a platform, and fills in the templates of its address and paths.

    Args:
      registry: dict.
      tool: string, the name of the tool.
      version: string.
      platform: string, a key of `PLATFORMS`.

    Returns:
      (err, dict): the release, in the format that `get_tool_info` of `//checksums:registry.bzl` documents.
    """
    err, entry = find_version(registry, tool, version)
    if err:
        return err, None
    platforms = entry["platforms"]
    if not platforms:
        released = nearest_first(version, released_versions(registry, tool))
        return "{} {} has no releases in the registry, only packages\nhint: {}".format(
            tool,
            version,
            "versions with releases: {}".format(some(released)) if released else "add releases with `{}`".format(update_command(tool, version)),
        ), None
    if platform not in platforms:
        return "{} {} is not released for {}\nhint: it is released for {}".format(tool, version, platform, ", ".join(sorted(platforms))), None
    release = registry[tool]["release"]
    published = platforms[platform]
    stem = published["url_suffix"]
    for archive in ARCHIVES:
        stem = stem.removesuffix(archive)
    windows = platform.startswith("windows_")
    values = {
        "bin": "" if windows else "bin/",
        "exe": ".exe" if windows else "",
        "stem": stem,
        "url_suffix": published["url_suffix"],
        "version": version,
    }
    values["tag"] = release["tag"].format(**values)
    asset = release["asset"].format(**values)
    base = release.get("base_url", "https://github.com/{github_repo}/releases/download/{tag}")
    return None, {
        "asset": asset,
        "binary": release.get("binary", "").format(**values),
        "github_repo": registry[tool]["github_repo"],
        "platform": platform,
        "release_date": entry.get("release_date", ""),
        "sha256": published["sha256"],
        "tag": values["tag"],
        "tool_name": tool,
        "url": base.format(github_repo = registry[tool]["github_repo"], **values) + "/" + asset,
        "url_suffix": published["url_suffix"],
        "verified": published["verified"],
        "version": version,
    }
