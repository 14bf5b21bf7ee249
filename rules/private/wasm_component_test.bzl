"""wasm_component_test: a test that runs a component and compares its results."""

load("//rules/private/common:labels.bzl", "error_text")
load("//rules/private/common:launch.bzl", "LAUNCH_ATTRS", "launch_component")
load("//rules/private/common:toolchain_types.bzl", "RUNNER_TOOLCHAIN")

DOC = "The rule of the macro `wasm_component_test`, which documents the attributes."

ATTRS = LAUNCH_ATTRS | {
    "command_args": attr.string_list(
        doc = "`args` of the macro.",
    ),
    "compare_stdout": attr.bool(
        doc = "Whether `stdout` of the macro is set.",
    ),
    "exit_code": attr.int(),
    "invoke": attr.string_dict(),
    "stdout": attr.string(),
    "traps": attr.string_dict(),
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
    expected = {}
    if cases:
        if ctx.attr.compare_stdout or ctx.attr.exit_code or "run" in ctx.attr.traps:
            fail(error_text(ctx.label, "a test cannot both call functions and run the command\nhint: split it into two tests"))
        expected["cases"] = cases
    else:
        if ctx.attr.compare_stdout:
            expected["stdout"] = ctx.attr.stdout
        if "run" in ctx.attr.traps:
            expected["trap"] = ctx.attr.traps["run"]
        else:
            expected["exit_code"] = ctx.attr.exit_code
    cases_file = ctx.actions.declare_file(ctx.label.name + ".cases.json")
    ctx.actions.write(cases_file, json.encode_indent(expected) + "\n")
    return launch_component(
        ctx,
        runner = ctx.exec_groups["test"].toolchains[RUNNER_TOOLCHAIN],
        subcommand = "test",
        files = {"--cases": cases_file},
        args = ctx.attr.command_args,
    )

_wasm_component_test = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    test = True,
    # The execution platform of a test is that of this group, so the runner is built for it.
    exec_groups = {"test": exec_group(toolchains = [RUNNER_TOOLCHAIN])},
)

def wasm_component_test(
        name,
        component,
        invoke = {},
        traps = {},
        args = [],
        stdout = None,
        exit_code = 0,
        data = [],
        dirs = {},
        env = {},
        **kwargs):
    """Runs a component and compares its results.

    With `invoke` or `traps`, the test calls exported functions, each in a new instance:

    ```starlark
    wasm_component_test(
        name = "greeter_test",
        component = ":greeter",
        invoke = {"greet(\\"World\\")": "\\"Hello, World!\\""},
        traps = {"greet(\\"\\")": "unreachable"},
    )
    ```

    Calls and results are written in [WAVE](https://github.com/bytecodealliance/wasm-tools/tree/main/crates/wasm-wave), and
    results are compared as values. A function is found by its bare name in any exported interface; if several interfaces
    have it, write `namespace:package/interface@version#function`. Each call is a test case for `--test_filter`,
    `shard_count` and the XML report.

    Otherwise the test runs `wasi:cli/run`, and compares the exit code and, if given, the standard output:

    ```starlark
    wasm_component_test(
        name = "convert_test",
        component = ":convert",
        args = ["--help"],
        stdout = "usage: convert FILE\\n",
    )
    ```

    A failure shows both ends of long output. Streams of more than 1 MiB are also files of the test's outputs.

    Args:
      name: string, the name of the target.
      component: label, the component to run.
      invoke: dict[string, string], call -> expected result, empty for a function without a result.
      traps: dict[string, string], call -> text that the message of the expected trap contains; an empty text matches every
        trap. The call `run` stands for the command.
      args: list[string], arguments of the command.
      stdout: string, the exact standard output of the command, which may be empty. Default: not compared.
      exit_code: int, the exit code of the command.
      data: list[label], files that the component needs at run time. `args`, `dirs` and `env` can refer to them with
        `$(rlocationpath ...)`.
      dirs: dict[string, string], directories that the component can open: path in the component -> directory of the host.
        A relative directory starts at the working directory of the test. `$(rlocationpath ...)` names a directory in
        `data`, either a source directory or a declared output; it is always read-only. The suffix `:ro` makes any other
        directory read-only.
      env: dict[string, string], the environment variables of the component. It sees none of the host's.
      **kwargs: common attributes of tests, such as `size` and `tags`.
    """
    _wasm_component_test(
        name = name,
        component = component,
        # Bazel passes its own `args` on the command line, which a test that is started by its path does not get.
        command_args = args,
        compare_stdout = stdout != None,
        data = data,
        dirs = dirs,
        env = env,
        exit_code = exit_code,
        invoke = invoke,
        stdout = stdout,
        traps = traps,
        **kwargs
    )
