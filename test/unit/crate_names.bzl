"""Unit tests of the names of crates with bindings of a WIT package."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//rules/private/common:crate_names.bzl", "check_crate_names", "package_crate_name")

def _label(package, name, repo_name = ""):
    return struct(name = name, package = package, repo_name = repo_name)

def _names_test_impl(ctx):
    env = unittest.begin(ctx)
    for label, name in [
        (_label("wit/core", "types"), "wit_core_types"),
        (_label("wit", "core_types"), "wit_core_types"),
        (_label("wit/core-types", "core-types"), "wit_core__types_core__types"),
        (_label("", "greeter"), "greeter"),
        (_label("a.b", "c@1.0"), "a___2eb_c___401___2e0"),
        (_label("1a", "b"), "_1a_b"),
        (_label("rules/wasi", "io", "rules_wit~"), "rules_wit__rules_wasi_io"),
        (_label("rules/wasi", "io", "rules_wit+"), "rules_wit__rules_wasi_io"),
        # These crates are there already, or are words of Rust.
        (_label("wit", "bindgen"), "wit_bindgen_"),
        (_label("", "core"), "core_"),
        (_label("", "type"), "type_"),
    ]:
        asserts.equals(env, name, package_crate_name(label))
    return unittest.end(env)

crate_names_test = unittest.make(_names_test_impl)

# Characters that Bazel allows in packages and targets, without those that become `_`.
_ALLOWED = "! \"#$%&'()*+,-.;<=>?@[]^`{|}~aZ09"

def _distinct_test_impl(ctx):
    env = unittest.begin(ctx)
    names = {}
    for one in _ALLOWED.elems():
        for two in _ALLOWED.elems():
            text = "x" + one + two + "y"
            name = package_crate_name(_label(text, "t"))
            asserts.equals(env, text, names.setdefault(name, text))
            asserts.true(env, name.replace("_", "").isalnum(), name)
    return unittest.end(env)

crate_names_distinct_test = unittest.make(_distinct_test_impl)

def _check_test_impl(ctx):
    env = unittest.begin(ctx)
    one, two = Label("//wit/core:types"), Label("//wit:core_types")
    asserts.equals(env, None, check_crate_names([one, Label("//wit/core-types"), one], own = "wit"))
    asserts.equals(
        env,
        "the crates of `//wit/core:types` and of `//wit:core_types` would both be called `wit_core_types`\n" +
        "hint: rename one of the two targets",
        check_crate_names([one, two]),
    )
    asserts.equals(
        env,
        "the crate of `//wit:core_types` is called `wit_core_types` too\nhint: set another `crate_name`",
        check_crate_names([two], own = "wit_core_types"),
    )
    return unittest.end(env)

crate_names_check_test = unittest.make(_check_test_impl)

def crate_names_tests():
    """Declares the tests of this file."""
    crate_names_test(name = "crate_names_test")
    crate_names_distinct_test(name = "crate_names_distinct_test")
    crate_names_check_test(name = "crate_names_check_test")
