"""wasm_component_binary: a command or an HTTP service as a program."""

load("//rules/private/common:launch.bzl", "LAUNCH_ATTRS", "launch_component")
load("//rules/private/common:toolchain_types.bzl", "PROGRAM_RUNNER_TOOLCHAIN", "RUNNER_TOOLCHAIN")

DOC = """Runs a component, for `bazel run`.

```starlark
wasm_component_binary(
    name = "convert",
    component = ":convert_component",
    open_args = True,
)
```

A component that exports `wasi:cli/run` is a command. It uses the standard input and output of the user. Its arguments are
`args`, followed by the command line after `--`. The exit code is that of the component, or 134 after a trap.

A component that exports `wasi:http/incoming-handler@0.2` or `wasi:http/handler@0.3` is served, at `addr` or the address on the
command line:

```
$ bazel run //examples/http:serve -- --addr 127.0.0.1:0
listening on http://127.0.0.1:40023
```

Requests are handled at the same time, each by an instance of its own. The log on the standard error has a line for each
request; a trap is a response with the status 500, with the backtrace in the log. SIGINT and SIGTERM end the server after
the open requests. [docs/tools.md](tools.md#runner) lists the options, such as the limits for time and size.
"""

ATTRS = LAUNCH_ATTRS | {
    "addr": attr.string(
        doc = "`HOST:PORT` where the component is served; port 0 takes a free port. With it, a component that is a command as " +
              "well is served. Default: `127.0.0.1:8080`.",
    ),
    "open_args": attr.bool(
        doc = "Whether to make arguments that name existing files or directories absolute, and open these for the component, read-only. A link to a file is replaced by the file.",
    ),
}

def _runner(ctx):
    """Returns the runner for the target platform; without a similar execution platform, the one for actions."""
    return ctx.exec_groups["program"].toolchains[PROGRAM_RUNNER_TOOLCHAIN] or ctx.toolchains[RUNNER_TOOLCHAIN]

def _impl(ctx):
    runner = _runner(ctx)
    if ctx.attr.addr:
        return launch_component(
            ctx,
            runner = runner,
            subcommand = "serve",
            options = ["--addr", ctx.attr.addr],
        )
    return launch_component(
        ctx,
        runner = runner,
        subcommand = "run",
        options = ["--open-args"] if ctx.attr.open_args else [],
        args = [],
    )

wasm_component_binary = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    exec_groups = {
        "program": exec_group(
            toolchains = [config_common.toolchain_type(PROGRAM_RUNNER_TOOLCHAIN, mandatory = False)],
        ),
    },
    executable = True,
    toolchains = [RUNNER_TOOLCHAIN],
)
