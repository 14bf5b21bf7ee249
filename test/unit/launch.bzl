"""Analysis tests of launch files."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//rules:component.bzl", "wasm_component_test")

def _launch_test_impl(ctx):
    env = analysistest.begin(ctx)
    contents = [
        action.content
        for action in analysistest.target_actions(env)
        if action.mnemonic == "FileWrite" and action.outputs.to_list()[0].basename.endswith(".launch.json")
    ]
    asserts.equals(env, 1, len(contents), "one launch file")
    settings = json.decode(contents[0])
    for name in ("component", "dirs", "env", "label", "version"):
        settings.pop(name)
    asserts.equals(env, json.decode(ctx.attr.settings), settings)
    return analysistest.end(env)

_launch_test = analysistest.make(
    _launch_test_impl,
    doc = "Compares the launch file of a target, except for the entries that all launch files have.",
    attrs = {"settings": attr.string(doc = "JSON.", mandatory = True)},
)

# Attributes of wasm_component_test, and the launch file. The exit code of a command is always compared, its output only if
# the test has `stdout`, which may be empty.
_CASES = {
    "any_output": ({}, {"exit_code": 0}),
    "arguments": (
        {"args": ["a b", "c"], "exit_code": 1},
        {"args": ["a b", "c"], "exit_code": 1},
    ),
    "calls": (
        {"invoke": {"f()": "1"}, "traps": {"g()": ""}},
        {"cases": [{"call": "f()", "value": "1"}, {"call": "g()", "trap": ""}]},
    ),
    "no_output": ({"stdout": ""}, {"exit_code": 0, "stdout": ""}),
    "trap": (
        {"stdout": "x", "traps": {"run": "unreachable"}},
        {"stdout": "x", "trap": "unreachable"},
    ),
}

def launch_tests(component):
    """Declares the tests of this file.

    Args:
      component: label, any component. It is not run.
    """
    for case, (attributes, settings) in _CASES.items():
        name = "launch_" + case
        wasm_component_test(
            name = name,
            component = component,
            tags = ["manual"],
            **attributes
        )
        _launch_test(
            name = name + "_test",
            settings = json.encode({"args": [], "kind": "test"} | settings),
            target_under_test = ":" + name,
        )
