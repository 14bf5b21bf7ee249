"""The checksums of the tools: which versions there are, for which platforms, and what their bytes hash to.

The data are the files of `checksums/tools`; `bazel run @rules_wit//tools/checksum_updater` maintains them. Each
function fails, with the error and a hint, where it has nothing to return.
"""

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
load("//checksums/private:check.bzl", "compatibility_errors")

def list_available_tools():
    """The tools of the registry.

    Returns:
      list[string]: names, sorted.
    """
    return sorted(TOOLS)

def get_latest_version(tool):
    """The highest version of a tool. Rolling tags do not count where there are others.

    Args:
      tool: string, a name of `list_available_tools()`; fails for others.

    Returns:
      string.
    """
    return or_fail(latest_version(TOOLS, tool))

def list_supported_platforms(tool, version):
    """The platforms that a version of a tool is released for.

    Args:
      tool: string; fails for unknown ones.
      version: string; fails for unknown ones.

    Returns:
      list[string]: of `(darwin|linux|windows)_(amd64|arm64)`, sorted; empty if the version is there as registry
      packages only.
    """
    return or_fail(supported_platforms(TOOLS, tool, version))

def get_tool_info(tool, version, platform):
    """What is released of a tool for a platform.

    Args:
      tool: string; fails for unknown ones, naming those that there are.
      version: string; fails for unknown ones, naming the nearest and the command that adds one.
      platform: string, such as `linux_amd64`; fails for those that the version is not released for.

    Returns:
      dict: `tool_name`, `version`, `platform`, `sha256`, `url_suffix`, `verified` (bool: whether the hash was taken of
      a download of our own, rather than of what others published), `github_repo`, `tag`, `asset`, `url`, `binary` (the
      path of the program in the archive; empty if the asset is the program), `release_date` (empty if not known).
    """
    return or_fail(find_release(TOOLS, tool, version, platform))

def get_tool_checksum(tool, version, platform):
    """The hash of what is released of a tool for a platform. Fails as `get_tool_info` does.

    Args:
      tool: string.
      version: string.
      platform: string.

    Returns:
      string: SHA-256, 64 hexadecimal digits.
    """
    return get_tool_info(tool, version, platform)["sha256"]

def validate_tool_exists(tool, version = None, platform = None):
    """Fails if the registry lacks a tool, a version of it, or its release for a platform.

    Args:
      tool: string.
      version: string; without it, any.
      platform: string; without it, any.
    """
    if platform:
        or_fail(find_release(TOOLS, tool, version or get_latest_version(tool), platform))
    elif version:
        or_fail(find_version(TOOLS, tool, version))
    else:
        or_fail(find_tool(TOOLS, tool))

def validate_tool_compatibility(tools):
    """Fails if versions were not seen to work together, naming the rows of the matrix that matter and the nearest set.

    Args:
      tools: dict[string, string], of `wit-bindgen` (the generator), `runtime` (`embedded`, or the version of the guest's
        crate `wit-bindgen`) and `wasm-tools` (what encodes components); others are left alone.
    """
    errors = compatibility_errors(tools)
    if errors:
        fail("\nerror: " + "\nerror: ".join(errors))
