"""Looks up versions and checksums of tools in the registry.

The registry is in the JSON files of `checksums/tools`, which `bazel run @rules_wit//tools/checksum_updater` maintains.
Each function fails with a hint if the registry has no such entry.
"""

load("//checksums/private:check.bzl", "compatibility_errors")
load("//checksums/private:data.bzl", "TOOLS")
load(
    "//checksums/private:lookup.bzl",
    "find_release",
    "find_tool",
    "find_version",
    "latest_version",
    "or_fail",
    "supported_platforms",
)

def list_available_tools():
    """Returns the tools of the registry.

    Returns:
      list[string]: the names, sorted.
    """
    return sorted(TOOLS)

def get_latest_version(tool):
    """Returns the highest version of a tool, in the order of semantic versioning.

    A rolling tag, such as `canary`, is lower than any version.

    Args:
      tool: string, a name of `list_available_tools()`. Fails for other names.

    Returns:
      string: the version.
    """
    return or_fail(latest_version(TOOLS, tool))

def list_supported_platforms(tool, version):
    """Returns the platforms for which a version of a tool is released.

    Args:
      tool: string. Fails for unknown tools.
      version: string. Fails for unknown versions.

    Returns:
      list[string]: `(darwin|linux|windows)_(amd64|arm64)`, sorted. Empty if the version exists only as packages of a
      package registry.
    """
    return or_fail(supported_platforms(TOOLS, tool, version))

def get_tool_info(tool, version, platform):
    """Returns the release of a tool for a platform.

    Args:
      tool: string. Fails for unknown tools; the error lists the known ones.
      version: string. Fails for unknown versions; the error lists the nearest ones and the command that adds a version.
      platform: string, such as `linux_amd64`. Fails for platforms without a release of this version.

    Returns:
      dict: these keys, with strings unless noted:
      - `tool_name`, `version`, `platform`: the arguments
      - `sha256`: hash of the released file, 64 hexadecimal digits
      - `verified`: bool, whether rules_wit computed the hash from a download instead of copying a published one
      - `url`: address of the released file
      - `github_repo`, `tag`, `asset`: upstream's repository, tag of the release, name of the released file
      - `url_suffix`: end of that name
      - `binary`: path of the program in the archive, empty if the released file is the program itself
      - `release_date`: `YYYY-MM-DD`, empty if unknown
    """
    return or_fail(find_release(TOOLS, tool, version, platform))

def get_tool_checksum(tool, version, platform):
    """Returns the hash of the release of a tool for a platform. Fails with the errors of `get_tool_info`.

    Args:
      tool: string, a tool of the registry.
      version: string, a version of the tool.
      platform: string, such as `linux_amd64`.

    Returns:
      string: SHA-256 of the released file, 64 hexadecimal digits.
    """
    return get_tool_info(tool, version, platform)["sha256"]

def validate_tool_exists(tool, version = None, platform = None):
    """Fails if the registry does not contain a tool, a version of it, or a release for a platform.

    Args:
      tool: string, the name of the tool.
      version: string. If None, any version satisfies the check; with `platform`, the highest version must have a release.
      platform: string, such as `linux_amd64`. If None, a version without a release satisfies the check.
    """
    if platform:
        or_fail(find_release(TOOLS, tool, version or get_latest_version(tool), platform))
    elif version:
        or_fail(find_version(TOOLS, tool, version))
    else:
        or_fail(find_tool(TOOLS, tool))

def validate_tool_compatibility(tools):
    """Fails if versions of tools are not known to work together.

    The error names the versions that each tool works with, and the nearest set that works. `//test/version_matrix` of
    rules_wit measures which versions work together.

    Args:
      tools: dict[string, string], tool -> version, of `wit-bindgen` (the bindings generator), `runtime` (the version of
        the crate `wit-bindgen` that guests link, or `embedded`) and `wasm-tools` (the encoder of components). Other keys
        are ignored. Missing tools are not checked.
    """
    errors = compatibility_errors(tools)
    if errors:
        fail("\nerror: " + "\nerror: ".join(errors))
