"""wasm_component_test: a component, run and compared."""

load("//rules/private/common:actions.bzl", "RUNNER_TOOLCHAIN", "label_text")
load("//rules/private/common:launch.bzl", "launch", LAUNCH_ATTRS = "ATTRS")

DOC = """Runs a component and compares what it returns or prints.

With `invoke` or `traps`, calls exported functions, each in a fresh instance, and compares the results as values:

```starlark
wasm_component_test(
    name = "greeter_test",
    component = ":greeter",
    invoke = {"greet(\\"World\\")": "\\"Hello, World!\\""},
    traps = {"greet(\\"\\")": "unreachable"},
)
```

Calls and results are written in [WAVE](https://github.com/bytecodealliance/wasm-tools/tree/main/crates/wasm-wave). A bare
function name finds the function in any exported interface; where several have it, say `ns:pkg/iface@version#function`.

Without them, runs `wasi:cli/run` and compares `stdout` and `exit_code`.

Each call is a test case: `--test_filter` and `shard_count` choose among them, and the test's XML reports each.
"""

ATTRS = LAUNCH_ATTRS | {
    "invoke": attr.string_dict(
        doc = "Call -> the result that it must give, empty for a function without one.",
    ),
    "traps": attr.string_dict(
        doc = "Call -> text that the message of its trap must contain, empty for any trap. The key `run` stands for the command itself.",
    ),
    "stdout": attr.string(
        doc = "What the command must print, to the byte. Not compared if it is empty and `check_stdout` is not set.",
    ),
    "check_stdout": attr.bool(
        doc = "Compare the output even where `stdout` is empty.",
    ),
    "exit_code": attr.int(
        doc = "The exit code that the command must end with; WASI 0.2 knows 0 and 1.",
    ),
    "command_args": attr.string_list(
        doc = "Arguments of the command. (`args` in the macro.)",
    ),
}

def _impl(ctx):
    cases = [
        {"call": call, "value": value}
        for call, value in ctx.attr.invoke.items()
    ] + [
        {"call": call, "trap": text}
        for call, text in ctx.attr.traps.items()
        if call != "run"
    ]
    settings = {"args": [ctx.expand_location(arg, ctx.attr.data) for arg in ctx.attr.command_args]}
    if cases:
        if ctx.attr.stdout or ctx.attr.check_stdout or ctx.attr.exit_code or "run" in ctx.attr.traps:
            fail("error: {}: a test either calls functions or runs the command\nhint: make two tests of it".format(
                label_text(ctx.label),
            ))
        settings["cases"] = cases
    else:
        if ctx.attr.stdout or ctx.attr.check_stdout:
            settings["stdout"] = ctx.attr.stdout
        if "run" in ctx.attr.traps:
            settings["trap"] = ctx.attr.traps["run"]
        else:
            settings["exit_code"] = ctx.attr.exit_code
    runner = ctx.exec_groups["test"].toolchains[RUNNER_TOOLCHAIN].tool
    return launch(ctx, runner, "test", **settings)

wasm_component_test = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    test = True,
    # A test runs on the platform of this group, so its runner is built for that one.
    exec_groups = {"test": exec_group(toolchains = [RUNNER_TOOLCHAIN])},
)
