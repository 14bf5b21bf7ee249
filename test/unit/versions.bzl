"""Unit tests of checks of versions, manifests and lock files."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts", "unittest")
load("//checksums/private:check.bzl", "compatibility_errors", "nearest")
load("//toolchains/private:locks.bzl", "lock_error", "locked_crates")
load("//toolchains/private:manifests.bzl", "manifest_error", "render")
load("//toolchains/private:minimum_rust.bzl", "minimum_rust", "rust_error")

_COMPATIBILITY = {
    "wasm-tools": {
        "1.9.0": {"wit-bindgen": ["0.9.0"]},
        "1.10.0": {"wit-bindgen": ["0.9.0", "0.10.0"]},
    },
    "wit-bindgen": {
        "0.9.0": {"runtime": ["embedded", "0.9.0"]},
        "0.10.0": {"runtime": ["embedded", "0.9.0", "0.10.0"]},
    },
}
_INCOMPATIBILITY = {
    "wasm-tools": {"1.9.0": {"wit-bindgen": {"0.10.0": "error: no"}}, "1.10.0": {}},
    "wit-bindgen": {"0.9.0": {"runtime": {"0.10.0": "error[E0433]: cannot find `Cleanup` in `rt`"}}, "0.10.0": {}},
}

def _errors(**tools):
    return compatibility_errors(
        {name.replace("_", "-"): version for name, version in tools.items()},
        _COMPATIBILITY,
        _INCOMPATIBILITY,
    )

def _nearest_test_impl(ctx):
    env = unittest.begin(ctx)
    for version, expected in {"0.1.0": "0.9.0", "0.9.5": "0.9.0", "0.10.0": "0.10.0", "7": "0.10.0"}.items():
        asserts.equals(env, expected, nearest(version, ["0.10.0", "0.9.0"]))
    return unittest.end(env)

nearest_test = unittest.make(_nearest_test_impl)

def _compatible_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, [], _errors())
    asserts.equals(env, [], _errors(wit_bindgen = "0.9.0"))
    asserts.equals(env, [], _errors(wit_bindgen = "0.10.0", runtime = "0.9.0", wasm_tools = "1.10.0", wac = "99"))
    asserts.equals(env, [], _errors(wit_bindgen = "0.9.0", runtime = "embedded", wasm_tools = "1.9.0"))
    return unittest.end(env)

compatible_test = unittest.make(_compatible_test_impl)

def _incompatible_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, [
        "\n".join([
            "wit-bindgen 0.9.0 does not work with the runtime 0.10.0",
            "  measured: error[E0433]: cannot find `Cleanup` in `rt`",
            "  wit-bindgen 0.9.0 works with the runtime embedded, 0.9.0",
            "  the runtime 0.10.0 works with wit-bindgen 0.10.0",
            "nearest set that works: wit-bindgen 0.9.0 with the runtime 0.9.0 and wasm-tools 1.10.0",
            "hint: use `runtime = \"official\"`, or a crate of the generator's version",
        ]),
    ], _errors(wit_bindgen = "0.9.0", runtime = "0.10.0"))

    for errors, lines in [
        (_errors(wit_bindgen = "0.9.0", runtime = "0.8.0"), ["no compatibility data for this pair", "works with wit-bindgen (none)"]),
        (_errors(wit_bindgen = "0.9.9", runtime = "0.9.9"), [
            "no compatibility data for wit-bindgen 0.9.9\n  versions with data: 0.9.0, 0.10.0\n",
            "nearest set that works: wit-bindgen 0.9.0 with the runtime 0.9.0",
        ]),
        (_errors(wit_bindgen = "0.10.0", wasm_tools = "1.9.0"), [
            "wasm-tools 1.9.0 does not work with wit-bindgen 0.10.0\n  measured: error: no\n",
            "wit-bindgen 0.10.0 works with wasm-tools 1.10.0\n",
        ]),
        (_errors(wit_bindgen = "0.10.0", wasm_tools = "2.0.0"), ["no compatibility data for wasm-tools 2.0.0", "versions with data: 1.9.0, 1.10.0"]),
    ]:
        asserts.equals(env, 1, len(errors))
        for line in lines:
            asserts.true(env, line in errors[0], "{} is in {}".format(line, errors[0]))
    asserts.equals(env, 2, len(_errors(wit_bindgen = "0.10.0", runtime = "7", wasm_tools = "1.9.0")))
    return unittest.end(env)

incompatible_test = unittest.make(_incompatible_test_impl)

_TEMPLATE = """[dependencies]
a = "=${A_VERSION}"
b-${B_C_VERSIONS_SLUG} = "=${B_C_VERSIONS}"
d = "1"
"""

_MANIFEST = """[dependencies]
a = "=1.2.3"
b-0-9-0 = "=0.9.0"
b-0-10-0 = "=0.10.0"
d = "1"
"""

def _manifests_test_impl(ctx):
    env = unittest.begin(ctx)
    versions = {"a": "1.2.3"}
    lists = {"b-c": ["0.9.0", "0.10.0"]}
    asserts.equals(env, None, manifest_error("m", _TEMPLATE, _MANIFEST, versions, lists))
    asserts.equals(
        env,
        "\n".join([
            "m:2 does not match toolchains/tool_versions.bzl",
            "  expected: a = \"=1.3.0\"",
            "  actual:   a = \"=1.2.3\"",
            "hint: bazel run //tools/checksum_updater -- sync",
        ]),
        manifest_error("m", _TEMPLATE, _MANIFEST, {"a": "1.3.0"}, lists),
    )
    longer = manifest_error("m", _TEMPLATE, _MANIFEST, versions, {"b-c": ["0.9.0", "0.10.0", "1.0.0"]})
    asserts.true(env, "m:5 does not match" in longer and "b-1-0-0 = \"=1.0.0\"" in longer, longer)
    asserts.equals(env, ("line 2: unknown variable OTHER", None), render("\n${OTHER}", {"A_VERSION": "1"}, {}))
    return unittest.end(env)

manifests_test = unittest.make(_manifests_test_impl)

_LOCK = """version = 4

[[package]]
name = "own"
version = "0.0.0"
dependencies = [
 "a",
]

[[package]]
name = "a"
version = "1.0.0"
source = "registry"
checksum = "aa"

[[package]]
name = "a"
version = "2.0.0"
source = "registry"
checksum = "bb"
"""

def _registry(sha256, source = "crate"):
    return {"tool": {"versions": {"1": {"packages": [
        {"source": source, "name": "a", "version": "2.0.0", "sha256": sha256},
        {"source": "crate", "name": "unused", "version": "1.0.0", "sha256": "cc"},
    ]}, "2": {}}}}

def _locks_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, {"a 1.0.0": "aa", "a 2.0.0": "bb"}, locked_crates(_LOCK))
    asserts.equals(env, None, lock_error("l", _LOCK, _registry("bb")))
    asserts.equals(env, None, lock_error("l", _LOCK, _registry("xx", source = "npm")))
    asserts.equals(
        env,
        "\n".join([
            "the crate a 2.0.0 has two checksums",
            "  checksums/tools/tool.json: xx",
            "  l: bb",
            "hint: bazel run //tools/checksum_updater -- validate tool",
        ]),
        lock_error("l", _LOCK, _registry("xx")),
    )
    return unittest.end(env)

locks_test = unittest.make(_locks_test_impl)

def _rust_test_impl(ctx):
    env = unittest.begin(ctx)
    for version in ("", "1.90.0", "1.90.1", "1.100.0", "2.0.0", "beta", "nightly", "nightly/2026-01-01"):
        asserts.equals(env, None, rust_error(version, "1.90.0"))
    for version in ("1.9.0", "1.89.2", "1.90.0-beta.1"):
        error = rust_error(version, "1.90.0") or ""
        asserts.true(env, error.startswith("the tools of rules_wit require Rust 1.90.0 or newer, but the toolchain is Rust %s\nhint: " % version), error)
    return unittest.end(env)

rust_test = unittest.make(_rust_test_impl)

def _fake_rust_impl(ctx):
    return [platform_common.ToolchainInfo(version = ctx.attr.version)]

_fake_rust = rule(
    implementation = _fake_rust_impl,
    attrs = {"version": attr.string()},
)

def _old_rust_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.expect_failure(env, "require Rust 1.90.0 or newer, but the toolchain is Rust 1.80.0")
    return analysistest.end(env)

_old_rust_test = analysistest.make(
    _old_rust_test_impl,
    config_settings = {"//command_line_option:extra_toolchains": [str(Label("//test/unit:old_rust_toolchain"))]},
    expect_failure = True,
)

def versions_tests(name):
    """Declares the unit tests of this file.

    Args:
      name: string, unused.
    """
    nearest_test(name = "nearest_test")
    compatible_test(name = "compatible_test")
    incompatible_test(name = "incompatible_test")
    manifests_test(name = "manifests_test")
    locks_test(name = "locks_test")
    rust_test(name = "rust_test")

    # The rule, with a toolchain that says its version.
    _fake_rust(
        name = "old_rust",
        tags = ["manual"],
        version = "1.80.0",
    )
    native.toolchain(
        name = "old_rust_toolchain",
        toolchain = "old_rust",
        toolchain_type = "@rules_rust//rust:toolchain_type",
    )
    minimum_rust(
        name = "newer_rust",
        tags = ["manual"],
        version = "1.90.0",
    )
    _old_rust_test(
        name = "old_rust_test",
        target_under_test = "newer_rust",
    )
