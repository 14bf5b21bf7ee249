"""wasm_component_test: a test that runs a component and compares its results."""

load("//rules/private/common:labels.bzl", "error_text")
load("//rules/private/common:launch.bzl", "LAUNCH_ATTRS", "launch_component")
load("//rules/private/common:toolchain_types.bzl", "RUNNER_TOOLCHAIN")

# The values of attributes that are for `requests` only.
ATTR_DEFAULTS = {
    "concurrent": False,
    "requests_per_instance": 1,
}

DOC = "The rule of the macro `wasm_component_test`, which documents the attributes."

ATTRS = LAUNCH_ATTRS | {
    "command_args": attr.string_list(
        doc = "`args` of the macro.",
    ),
    "compare_stdout": attr.bool(
        doc = "Whether `stdout` of the macro is set.",
    ),
    "concurrent": attr.bool(),
    "exit_code": attr.int(),
    "invoke": attr.string_dict(),
    "requests": attr.string(
        doc = "`requests` of the macro as JSON, if it is a list.",
    ),
    "requests_file": attr.label(
        doc = "`requests` of the macro, if it is a label.",
        allow_single_file = [".json"],
    ),
    "requests_per_instance": attr.int(default = 1),
    "stdout": attr.string(),
    "traps": attr.string_dict(),
}

def _impl(ctx):
    if ctx.attr.requests or ctx.attr.requests_file:
        return _test_requests(ctx)
    for name in ("concurrent", "requests_per_instance"):
        if getattr(ctx.attr, name) != ATTR_DEFAULTS[name]:
            fail(error_text(ctx.label, "`{}` has no effect without `requests`\nhint: add `requests`, or remove it".format(name)))
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

def _test_requests(ctx):
    for name in ("invoke", "traps", "command_args", "compare_stdout", "exit_code"):
        if getattr(ctx.attr, name):
            fail(error_text(ctx.label, "a test cannot both send requests and call functions or run the command\nhint: split it into two tests"))
    file = ctx.file.requests_file
    if not file:
        file = ctx.actions.declare_file(ctx.label.name + ".requests.json")
        ctx.actions.write(file, ctx.attr.requests)
    options = ["--requests-per-instance", str(ctx.attr.requests_per_instance)]
    if ctx.attr.concurrent:
        options.append("--concurrent")
    return launch_component(
        ctx,
        runner = ctx.exec_groups["test"].toolchains[RUNNER_TOOLCHAIN],
        subcommand = "test",
        options = options,
        files = {"--requests": file},
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
        requests = [],
        concurrent = False,
        requests_per_instance = 1,
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

    With `requests`, the test sends HTTP requests to a component that exports `wasi:http/incoming-handler@0.2` or
    `wasi:http/handler@0.3`, and compares the responses:

    ```starlark
    wasm_component_test(
        name = "items_test",
        component = ":items",
        requests = [
            {
                "request": "POST /items",
                "json": {"name": "tea"},
                "expect": {
                    "status": 201,
                    "headers": {"location": "/items/1"},
                    "json": {"id": 1, "name": "tea"},
                },
            },
            {
                "request": "GET /missing",
                "expect": {"status": 404, "body": "not found\\n"},
            },
        ],
    )
    ```

    No socket is used. Each request is a test case, named like the request. Its keys:

    | key | value |
    |---|---|
    | `request` | the method and the path |
    | `name` | the name of the case, for several cases with the same request |
    | `headers` | dict: field -> value, or list of values |
    | `body`, `json` or `chunks` | the body: text, a value that is encoded as JSON, or a list of texts that are sent one after the other |
    | `repeat` | how many times `chunks` are sent |
    | `expect` | dict: `status` (default: 200), `headers` (the compared fields; `None`: not there), and `body` (exact text) or `json` (an equal value) |

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
      requests: list[dict] as above, or the label of a JSON file with such a list.
      concurrent: bool, whether to send all requests at the same time. By default they are sent in order.
      requests_per_instance: int, how many requests an instance handles, one after the other. By default each request has an
        instance of its own, which keeps no state of requests before.
      **kwargs: `network`, `config` and `wasm_features` as in [`wasm_component_binary`](#wasm_component_binary), and common
        attributes of tests, such as `size` and `tags`.
    """
    is_list = type(requests) == "list"
    _wasm_component_test(
        name = name,
        component = component,
        # Bazel passes its own `args` on the command line, which a test that is started by its path does not get.
        command_args = args,
        compare_stdout = stdout != None,
        concurrent = concurrent,
        data = data,
        dirs = dirs,
        env = env,
        exit_code = exit_code,
        invoke = invoke,
        requests = json.encode_indent(requests) + "\n" if is_list and requests else None,
        requests_file = None if is_list else requests,
        requests_per_instance = requests_per_instance,
        stdout = stdout,
        traps = traps,
        **kwargs
    )
