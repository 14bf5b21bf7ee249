"""Unit tests of the registry of checksums."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//checksums:registry.bzl", "get_latest_version", "get_tool_checksum", "get_tool_info", "list_available_tools", "list_supported_platforms", "validate_tool_exists")
load("//checksums/private:data.bzl", "TOOLS")
load("//checksums/private:lookup.bzl", "find_release", "find_tool", "find_version", "latest_version", "released_versions", "supported_platforms")
load("//checksums/private:versions.bzl", "highest_first", "is_rolling", "nearest_first", "nearest_name")
load("//toolchains:tool_versions.bzl", "SOURCE_VERSIONS", "TOOL_VERSIONS")

def published(digit, suffix):
    """Returns an entry of `platforms`.

    Args:
      digit: string, a hexadecimal digit, repeated for the hash.
      suffix: string, its `url_suffix`.

    Returns:
      dict.
    """
    return {"sha256": digit * 64, "url_suffix": suffix, "verified": False}

# A registry with one tool of each kind.
REGISTRY = {
    "archived": {
        "tool_name": "archived",
        "github_repo": "somebody/archived",
        "latest_version": "2.0.0",
        "release": {
            "asset": "archived-{version}-{url_suffix}",
            "binary": "archived-{version}-{stem}/{bin}archived{exe}",
            "tag": "v{version}",
        },
        "versions": {
            "2.0.0": {"platforms": {}, "packages": []},
            "1.10.0": {
                "platforms": {
                    "linux_amd64": published("a", "x86_64-linux.tar.gz"),
                    "windows_amd64": published("b", "x86_64-windows.zip"),
                },
                "release_date": "2025-01-31",
            },
            "1.9.0": {"platforms": {"linux_amd64": published("c", "x86_64-linux.tar.gz")}},
        },
    },
    "bare": {
        "tool_name": "bare",
        "github_repo": "somebody/bare",
        "latest_version": "1.0.0",
        "release": {
            "asset": "bare-{url_suffix}",
            "base_url": "https://bare.example/{tag}",
            "tag": "bare-{version}",
        },
        "versions": {"1.0.0": {"platforms": {"darwin_arm64": published("d", "mac")}}},
    },
    "packaged": {
        "tool_name": "packaged",
        "github_repo": "somebody/packaged",
        "latest_version": "1.0.0",
        "versions": {"1.0.0": {"platforms": {}, "packages": []}},
    },
}

def _versions_test_impl(ctx):
    env = unittest.begin(ctx)
    order = ["2.0.0", "1.10.0", "1.9.0", "1.9.0-rc.10", "1.9.0-rc.9", "1.9.0-rc", "1.9.0-beta", "1.8", "1", "canary"]
    asserts.equals(env, order, highest_first(sorted(order)))
    asserts.true(env, is_rolling("canary"))
    asserts.false(env, is_rolling("129"))
    asserts.equals(env, ["0.47.0", "0.45.0", "0.60.0", "1.46.0", "canary"], nearest_first("0.46.0", ["canary", "1.46.0", "0.60.0", "0.45.0", "0.47.0"]))
    asserts.equals(env, ["2.9.1", "2.8.0", "4.0.5", "4.1.0", "1.9.0"], nearest_first("3.5.5", ["1.9.0", "2.8.0", "2.9.1", "4.1.0", "4.0.5"]))
    asserts.equals(env, ["1.0.0", "canary"], nearest_first("nightly", ["1.0.0", "canary"]))
    names = ["wac", "wasm-tools", "wit-bindgen"]
    asserts.equals(env, "wit-bindgen", nearest_name("wit-bingen", names))
    asserts.equals(env, "wasm-tools", nearest_name("wasmtools", names))
    asserts.equals(env, "wac", nearest_name("wax", names))
    asserts.equals(env, None, nearest_name("rustc", names))
    return unittest.end(env)

versions_test = unittest.make(_versions_test_impl)

def _find_release_test_impl(ctx):
    env = unittest.begin(ctx)
    err, info = find_release(REGISTRY, "archived", "1.10.0", "linux_amd64")
    asserts.equals(env, None, err)
    asserts.equals(env, {
        "asset": "archived-1.10.0-x86_64-linux.tar.gz",
        "binary": "archived-1.10.0-x86_64-linux/bin/archived",
        "github_repo": "somebody/archived",
        "platform": "linux_amd64",
        "release_date": "2025-01-31",
        "sha256": "a" * 64,
        "tag": "v1.10.0",
        "tool_name": "archived",
        "url": "https://github.com/somebody/archived/releases/download/v1.10.0/archived-1.10.0-x86_64-linux.tar.gz",
        "url_suffix": "x86_64-linux.tar.gz",
        "verified": False,
        "version": "1.10.0",
    }, info)
    _, info = find_release(REGISTRY, "archived", "1.10.0", "windows_amd64")
    asserts.equals(env, "archived-1.10.0-x86_64-windows/archived.exe", info["binary"])
    _, info = find_release(REGISTRY, "bare", "1.0.0", "darwin_arm64")
    asserts.equals(env, ("https://bare.example/bare-1.0.0/bare-mac", ""), (info["url"], info["binary"]))
    asserts.equals(env, (None, ["linux_amd64", "windows_amd64"]), supported_platforms(REGISTRY, "archived", "1.10.0"))
    asserts.equals(env, (None, []), supported_platforms(REGISTRY, "packaged", "1.0.0"))
    asserts.equals(env, (None, "2.0.0"), latest_version(REGISTRY, "archived"))
    asserts.equals(env, ["1.10.0", "1.9.0"], released_versions(REGISTRY, "archived"))
    return unittest.end(env)

find_release_test = unittest.make(_find_release_test_impl)

def _not_found_test_impl(ctx):
    env = unittest.begin(ctx)
    for (err, value), expected in [
        (
            find_tool(REGISTRY, "archive"),
            "no tool `archive` in the registry; known tools: archived, bare, packaged\nhint: did you mean `archived`?",
        ),
        (
            find_tool(REGISTRY, "something"),
            "no tool `something` in the registry; known tools: archived, bare, packaged\nhint: add it with `rules_wit.index(file = ...)`",
        ),
        (
            find_version(REGISTRY, "archived", "1.9.1"),
            "no archived 1.9.1 in the registry; known versions: 1.9.0, 1.10.0, 2.0.0\nhint: add it with `bazel run @rules_wit//tools/checksum_updater -- update archived 1.9.1`",
        ),
        (
            find_release(REGISTRY, "archived", "1.9.0", "windows_amd64"),
            "archived 1.9.0 is not released for windows_amd64\nhint: it is released for linux_amd64",
        ),
        (
            find_release(REGISTRY, "archived", "2.0.0", "linux_amd64"),
            "archived 2.0.0 has no releases in the registry, only packages\nhint: versions with releases: 1.10.0, 1.9.0",
        ),
        (
            find_release(REGISTRY, "packaged", "1.0.0", "linux_amd64"),
            "packaged 1.0.0 has no releases in the registry, only packages\nhint: add releases with `bazel run @rules_wit//tools/checksum_updater -- update packaged 1.0.0`",
        ),
    ]:
        asserts.equals(env, expected, err)
        asserts.equals(env, None, value)

    # All functions report an unknown tool.
    for err, value in [
        find_version(REGISTRY, "x", "1"),
        find_release(REGISTRY, "x", "1", "linux_amd64"),
        supported_platforms(REGISTRY, "x", "1"),
        latest_version(REGISTRY, "x"),
    ]:
        asserts.true(env, err.startswith("no tool `x`"), err)
        asserts.equals(env, None, value)

    # The error lists only the nearest versions.
    many = {"t": {"versions": {"1.{}.0".format(minor): {"platforms": {}} for minor in range(20)}}}
    err, _ = find_version(many, "t", "1.7.5")
    asserts.true(env, "known versions: 1.7.0, 1.8.0, 1.6.0, 1.9.0, 1.5.0 and 15 more\n" in err, err)
    return unittest.end(env)

not_found_test = unittest.make(_not_found_test_impl)

def _registry_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, sorted(TOOLS), list_available_tools())
    for tool in list_available_tools():
        # The templates of every entry can be filled in.
        for version in TOOLS[tool]["versions"]:
            validate_tool_exists(tool, version)
            for platform in list_supported_platforms(tool, version):
                validate_tool_exists(tool, version, platform)
                info = get_tool_info(tool, version, platform)
                asserts.true(env, info["url"].startswith("https://") and "{" not in info["url"] + info["binary"], info["url"])
                asserts.equals(env, 64, len(get_tool_checksum(tool, version, platform)))
        validate_tool_exists(tool)
        asserts.equals(env, highest_first(TOOLS[tool]["versions"])[0], get_latest_version(tool))

    # The registry contains the versions that the rules use.
    for tool, version in TOOL_VERSIONS.items():
        if tool in TOOLS:
            asserts.true(env, version in TOOLS[tool]["versions"], "{} {}".format(tool, version))
    for version in SOURCE_VERSIONS["wit-bindgen"]:
        names = [package["name"] for package in TOOLS["wit-bindgen"]["versions"][version]["packages"]]
        asserts.equals(env, ["wit-bindgen", "wit-bindgen-cli", "wit-bindgen-rust"], names)
    return unittest.end(env)

registry_test = unittest.make(_registry_test_impl)

def _failing_impl(ctx):
    # Calls a public function that fails, for failure_test.
    if ctx.attr.call == "tool":
        validate_tool_exists("wit-bingen")
    elif ctx.attr.call == "version":
        get_tool_info("wit-bindgen", "0.0.1", "linux_amd64")
    elif ctx.attr.call == "checksum":
        get_tool_checksum("wac", released_versions(TOOLS, "wac")[0], "windows_arm64")
    return []

failing = rule(
    implementation = _failing_impl,
    attrs = {"call": attr.string()},
)

def registry_tests():
    """Declares the unit tests of this file."""
    versions_test(name = "versions_test")
    find_release_test(name = "find_release_test")
    not_found_test(name = "not_found_test")
    registry_test(name = "registry_test")
