"""The targets that the macro `rust_wasm_component` declares beside the component."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//rules:rust.bzl", "rust_wasm_component")

_LINUX = str(Label("@platforms//os:linux"))

# What each of them gets from the macro.
_COMMON = {
    "deprecation": "none",
    "exec_properties": {"memory": "2"},
    "features": ["some"],
}

def _inner_targets_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, {}, ctx.attr.problems)
    return unittest.end(env)

_inner_targets_test = unittest.make(
    _inner_targets_test_impl,
    attrs = {"problems": attr.string_dict(doc = "Attribute of a target -> what it is in place of what it should be.")},
)

def _plain(value):
    """Converts an attribute as `native.existing_rule` has it to the one that a BUILD file has."""
    if type(value) == "tuple":
        return list(value)
    return {key: item for key, item in value.items()} if type(value) == "dict" else value

def inner_targets_test(name, wit, world):
    """Declares a component under a name that no crate can have, and compares the attributes of its targets.

    Args:
      name: string.
      wit: label, a `wit_library`.
      world: string.
    """
    component = "inner/some-component"
    rust_wasm_component(
        name = component,
        srcs = ["inner.rs"],
        crate_name = "chosen",
        tags = ["manual"],
        target_compatible_with = [_LINUX],
        wit = wit,
        world = world,
        **_COMMON
    )
    expected = {
        component: _COMMON | {"target_compatible_with": [_LINUX], "tags": ["manual"]},
        component + "_module": _COMMON | {"crate_name": "chosen", "target_compatible_with": []},
        component + "_bindings": _COMMON | {"crate_name": "bindings", "target_compatible_with": []},
    }
    problems = {}
    for target, attributes in expected.items():
        rule = native.existing_rule(target) or {}
        for attribute, value in attributes.items():
            found = _plain(rule.get(attribute))
            if attribute == "tags":
                found = [tag for tag in found if tag in value]
            if found != value:
                problems["{} of {}".format(attribute, target)] = "{}, not {}".format(repr(found), repr(value))
    _inner_targets_test(name = name, problems = problems)
