"""Analysis tests of the files that start a component."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//rules:component.bzl", "wasm_component_test")
load(":actions.bzl", "failure_test")

def _content(env, suffix):
    """Returns the content of the only declared file with a suffix."""
    found = [
        action.content
        for action in analysistest.target_actions(env)
        if action.outputs.to_list()[0].basename.endswith(suffix)
    ]
    asserts.equals(env, 1, len(found), "files *" + suffix)
    return found[0] if found else "{}"

def _launch_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.equals(env, json.decode(ctx.attr.cases), json.decode(_content(env, ctx.attr.option + ".json")))
    options, _, args = _content(env, ".args").partition("\n--\n")
    asserts.equals(env, ctx.attr.args_lines, args.splitlines())
    for line in ["test", "--" + ctx.attr.option] + ctx.attr.options:
        asserts.true(env, line in options.split("\n"), "{} is in {}".format(line, options))
    return analysistest.end(env)

_launch_test = analysistest.make(
    _launch_test_impl,
    doc = "Compares the cases and the arguments of a wasm_component_test.",
    attrs = {
        "option": attr.string(doc = "`cases` or `requests`."),
        "options": attr.string_list(doc = "Further lines with options."),
        "args_lines": attr.string_list(doc = "The lines with arguments of the component, as a shell quotes them."),
        "cases": attr.string(
            doc = "The cases, in JSON.",
            mandatory = True,
        ),
    },
)

# Attributes of wasm_component_test with requests, and the options that they become.
_REQUESTS = {
    "concurrent": (
        {
            "concurrent": True,
            "config": {"key": "a b"},
            "network": ["127.0.0.1", "example.com:443"],
            "requests": [{"expect": {"headers": {"x": None}}, "request": "GET /"}],
        },
        ["--concurrent", "'--config=key=a b'", "'--network=127.0.0.1'", "'--network=example.com:443'"],
    ),
    "in_order": (
        {
            "requests": [{"request": "GET /"}],
            "requests_per_instance": 3,
        },
        ["--requests-per-instance", "3"],
    ),
}

# Name -> attributes of wasm_component_test, cases, lines with arguments. The exit code of a command is always compared, its
# output only if the test has `stdout`, which may be empty.
_CASES = {
    "any_output": ({}, {"exit_code": 0}, []),
    "arguments": (
        {"args": ["a b", "c"], "exit_code": 1},
        {"exit_code": 1},
        ["'a b'", "c"],
    ),
    "calls": (
        {"invoke": {"f()": "1"}, "traps": {"g()": ""}},
        {"cases": [{"call": "f()", "value": "1"}, {"call": "g()", "trap": ""}]},
        [],
    ),
    "no_output": ({"stdout": ""}, {"exit_code": 0, "stdout": ""}, []),
    "trap": (
        {"stdout": "x", "traps": {"run": "unreachable"}},
        {"stdout": "x", "trap": "unreachable"},
        [],
    ),
}

# Name -> attributes of wasm_component_test that contradict each other, the error.
_CONTRADICTIONS = {
    "calls_and_command": (
        {"invoke": {"now()": "0"}, "stdout": "something"},
        "a test cannot both call functions and run the command",
    ),
    "calls_and_requests": (
        {"invoke": {"f()": ""}, "requests": [{"request": "GET /"}]},
        "a test cannot both send requests and call functions or run the command",
    ),
    "concurrent_calls": (
        {"concurrent": True, "invoke": {"f()": ""}},
        "`concurrent` has no effect without `requests`",
    ),
}

def launch_tests(name, component):
    """Declares the tests of this file.

    Args:
      name: string, the start of the tests' names.
      component: label, any component. It is not run.
    """
    for case, (attributes, cases, args_lines) in _CASES.items():
        test = name + "_" + case
        wasm_component_test(
            name = test,
            component = component,
            tags = ["manual"],
            **attributes
        )
        _launch_test(
            name = test + "_test",
            args_lines = args_lines,
            cases = json.encode(cases),
            option = "cases",
            target_under_test = ":" + test,
        )
    for case, (attributes, options) in _REQUESTS.items():
        test = "{}_requests_{}".format(name, case)
        wasm_component_test(
            name = test,
            component = component,
            tags = ["manual"],
            **attributes
        )
        _launch_test(
            name = test + "_test",
            cases = json.encode(attributes["requests"]),
            option = "requests",
            options = options,
            target_under_test = ":" + test,
        )
    for case, (attributes, message) in _CONTRADICTIONS.items():
        test = "{}_{}".format(name, case)
        wasm_component_test(
            name = test,
            component = component,
            tags = ["manual"],
            **attributes
        )
        failure_test(
            name = test + "_test",
            message = message,
            target_under_test = ":" + test,
        )
