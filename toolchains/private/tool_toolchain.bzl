"""tool_toolchain: one of the small tools, as a toolchain."""

DOC = """A tool for the actions of the rules.

To replace one, declare a `tool_toolchain` with your executable and a `toolchain` of the tool's type, and register it
in your MODULE.bazel; it comes before the ones that rules_wit registers.
"""

ATTRS = {
    "tool": attr.label(
        doc = "The executable, with the command line of the tool that it stands for.",
        # Also a file, such as a downloaded program.
        allow_files = True,
        executable = True,
        cfg = "exec",
        mandatory = True,
    ),
    "version": attr.string(
        doc = "The version of the tool, where it is one of upstream's. It is compared with what the tool says.",
    ),
}

def _impl(ctx):
    return [platform_common.ToolchainInfo(
        tool = ctx.attr.tool[DefaultInfo].files_to_run,
        version = ctx.attr.version,
    )]

tool_toolchain = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
)
