"""Looking things up in the registry.

Plain functions: the registry comes first, and what they return is `(err, value)`, one of the two being None. An error is
a text without its `error: ` in front, and has a line `hint: ` at its end.
"""

load(":versions.bzl", "highest_first", "nearest_first", "nearest_name")

# Key -> the CPU and the operating system as @platforms names them.
PLATFORMS = {
    "darwin_amd64": ("x86_64", "macos"),
    "darwin_arm64": ("aarch64", "macos"),
    "linux_amd64": ("x86_64", "linux"),
    "linux_arm64": ("aarch64", "linux"),
    "windows_amd64": ("x86_64", "windows"),
    "windows_arm64": ("aarch64", "windows"),
}

ARCHIVES = [
    ".tar.gz",
    ".tar.xz",
    ".tgz",
    ".zip",
]

_SHOWN = 5

def or_fail(result):
    """Ends the evaluation where there is an error.

    Args:
      result: (err, value).

    Returns:
      the value.
    """
    err, value = result
    if err:
        fail("\nerror: " + err)
    return value

def update_command(tool, version):
    """The command that adds a version to the registry.

    Args:
      tool: string.
      version: string.

    Returns:
      string.
    """
    return "bazel run @rules_wit//tools/checksum_updater -- update {} {}".format(tool, version)

def some(names):
    """A list for an error message: the first few, and how many are left out.

    Args:
      names: list[string].

    Returns:
      string.
    """
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (" and {} more".format(more) if more > 0 else "")

def find_tool(registry, tool):
    """A tool of the registry.

    Args:
      registry: dict, tool -> what its JSON file says.
      tool: string.

    Returns:
      (err, dict).
    """
    if tool in registry:
        return None, registry[tool]
    meant = nearest_name(tool, sorted(registry))
    return "no tool `{}` in the registry, which has {}\nhint: {}".format(
        tool,
        ", ".join(sorted(registry)),
        "did you mean `{}`?".format(meant) if meant else "add a file of your own with `rules_wit.index(file = ...)`",
    ), None

def find_version(registry, tool, version):
    """A version of a tool.

    Args:
      registry: dict.
      tool: string.
      version: string.

    Returns:
      (err, dict).
    """
    err, entry = find_tool(registry, tool)
    if err:
        return err, None
    versions = entry["versions"]
    if version in versions:
        return None, versions[version]
    return "no {} {} in the registry, which has {}\nhint: add it with `{}`".format(
        tool,
        version,
        some(nearest_first(version, versions)),
        update_command(tool, version),
    ), None

def supported_platforms(registry, tool, version):
    """The platforms that a version is released for.

    Args:
      registry: dict.
      tool: string.
      version: string.

    Returns:
      (err, list[string]): keys of `PLATFORMS`; empty if there are registry packages only.
    """
    err, entry = find_version(registry, tool, version)
    if err:
        return err, None
    return None, sorted(entry["platforms"])

def released_versions(registry, tool):
    """The versions of a tool that have release archives.

    Args:
      registry: dict.
      tool: string, which must be in the registry.

    Returns:
      list[string]: the highest first.
    """
    versions = registry[tool]["versions"]
    return highest_first([version for version in versions if versions[version]["platforms"]])

def latest_version(registry, tool):
    """The highest version of a tool.

    Args:
      registry: dict.
      tool: string.

    Returns:
      (err, string).
    """
    err, entry = find_tool(registry, tool)
    if err:
        return err, None
    return None, entry["latest_version"]

def find_release(registry, tool, version, platform):
    """What is released for a platform.

    Args:
      registry: dict.
      tool: string.
      version: string.
      platform: string, a key of `PLATFORMS`.

    Returns:
      (err, dict): `tool_name`, `version`, `platform`, `sha256`, `url_suffix`, `verified` (whether rules_wit itself
      downloaded and hashed it), `github_repo`, `tag`, `asset`, `url`, `binary` (the path in the archive; empty if the
      asset is the program itself), `release_date` (empty if not known).
    """
    err, entry = find_version(registry, tool, version)
    if err:
        return err, None
    platforms = entry["platforms"]
    if not platforms:
        released = nearest_first(version, released_versions(registry, tool))
        return "{} {} has no release archives in the registry, registry packages only\nhint: {}".format(
            tool,
            version,
            "archives are there of {}".format(some(released)) if released else "add archives with `{}`".format(update_command(tool, version)),
        ), None
    if platform not in platforms:
        return "{} {} is not released for {}\nhint: it is for {}".format(tool, version, platform, ", ".join(sorted(platforms))), None
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
