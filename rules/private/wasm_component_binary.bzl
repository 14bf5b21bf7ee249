"""wasm_component_binary: a command component as a program."""

load("//rules/private/common:actions.bzl", "RUNNER_TOOLCHAIN")
load("//rules/private/common:launch.bzl", "launch", LAUNCH_ATTRS = "ATTRS")

DOC = """Runs a component that exports `wasi:cli/run`, for `bazel run`.

Standard input and output are the user's, the exit code is the component's (WASI 0.2 knows 0 and 1; 134 is a
trap). `args`, then what stands behind `--` on the command line, are its arguments.
"""

ATTRS = LAUNCH_ATTRS | {
    "open_args": attr.bool(
        doc = "Whether arguments that name files or directories of the machine are made absolute and opened for the component, read-only.",
    ),
}

def _impl(ctx):
    return launch(
        ctx,
        ctx.toolchains[RUNNER_TOOLCHAIN].tool,
        "run",
        open_args = ctx.attr.open_args,
    )

wasm_component_binary = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    executable = True,
    toolchains = [RUNNER_TOOLCHAIN],
)
