"""The rule program_runner."""

DOC = """Makes a toolchain of the runner for programs, which run on the platform that they are built for.

It is registered for each platform as both the execution and the target platform, so the runner is built for a platform like
that of the program.
"""

_RUNNER_TOOLCHAIN = Label("//toolchains:runner_toolchain_type")

def _impl(ctx):
    return [ctx.toolchains[_RUNNER_TOOLCHAIN]]

program_runner = rule(
    implementation = _impl,
    doc = DOC,
    toolchains = [_RUNNER_TOOLCHAIN],
)
