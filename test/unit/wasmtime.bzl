"""Unit tests of the features of Wasmtime's C API."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//third_party/wasmtime:features.bzl", "PREBUILT_FEATURES", "crate_features", "enabled_features")

_MANIFEST = """\
[dependencies.x]
version = "1"
features = ["not-one"]

[features]
a = ["b", "dep:x"]
b = [
    "c",
    "x/std",
    "x?/alloc",
]
c = []
default = ["a"]

[target."cfg(unix)".dependencies.y]
features = ["d"]
"""

_KNOWN = {"a": ["b"], "b": ["c"], "c": []}

def _crate_features_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, _KNOWN, crate_features(_MANIFEST))
    asserts.equals(env, {}, crate_features("[package]\n"))
    return unittest.end(env)

crate_features_test = unittest.make(_crate_features_test_impl)

def _enabled_features_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, (None, ["a", "b", "c"]), enabled_features(["a"], _KNOWN, "1.0.0", False))
    asserts.equals(env, (None, ["b", "c"]), enabled_features(["c", "b"], _KNOWN, "1.0.0", False))
    asserts.equals(env, (None, []), enabled_features([], _KNOWN, "1.0.0", False))
    err, _ = enabled_features(["a", "d"], _KNOWN, "1.0.0", False)
    asserts.equals(env, "the C API of wasmtime 1.0.0 has no feature `d`\n" +
                        "hint: set `--@rules_wit//toolchains/wasmtime:features` to some of: a, b, c", err)
    known = {feature: [] for feature in PREBUILT_FEATURES}
    asserts.equals(env, (None, sorted(known)), enabled_features(PREBUILT_FEATURES, known, "1.0.0", True))
    err, _ = enabled_features(["wat"], known, "1.0.0", True)
    asserts.equals(env, "the prebuilt library of wasmtime 1.0.0 has other features than `--@rules_wit//toolchains/wasmtime:features`\n" +
                        "hint: compile the library with `--@rules_wit//toolchains/wasmtime:strategy=source`", err)
    return unittest.end(env)

enabled_features_test = unittest.make(_enabled_features_test_impl)

def wasmtime_tests():
    """Declares the unit tests of this file."""
    crate_features_test(name = "crate_features_test")
    enabled_features_test(name = "enabled_features_test")
