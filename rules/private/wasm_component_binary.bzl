"""wasm_component_binary: a command component as a program."""

load("//rules/private/common:launch.bzl", "LAUNCH_ATTRS", "launch_component")
load("//rules/private/common:toolchain_types.bzl", "PROGRAM_RUNNER_TOOLCHAIN", "RUNNER_TOOLCHAIN")

DOC = """Runs a component that exports `wasi:cli/run`, for `bazel run`.

```starlark
wasm_component_binary(
    name = "convert",
    component = ":convert_component",
    open_args = True,
)
```

The component uses the standard input and output of the user. Its arguments are `args`, followed by the command line after
`--`. The exit code is that of the component, or 134 after a trap.
"""

ATTRS = LAUNCH_ATTRS | {
    "open_args": attr.bool(
        doc = "Whether to make arguments that name existing files or directories absolute, and open these for the component, read-only. A link to a file is replaced by the file.",
    ),
}

def _runner(ctx):
    """Returns the runner for the target platform; without a similar execution platform, the one for actions."""
    return ctx.exec_groups["program"].toolchains[PROGRAM_RUNNER_TOOLCHAIN] or ctx.toolchains[RUNNER_TOOLCHAIN]

def _impl(ctx):
    return launch_component(
        ctx,
        runner = _runner(ctx),
        subcommand = "run",
        options = ["--open-args"] if ctx.attr.open_args else [],
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
