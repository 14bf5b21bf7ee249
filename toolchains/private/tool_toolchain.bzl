"""The rule tool_toolchain."""

DOC = """Makes a toolchain of a tool that the rules run.

To replace a tool, declare a `tool_toolchain` with your executable and a `toolchain` of the tool's type, and register the
latter in your `MODULE.bazel`. It takes precedence over the toolchains that rules_wit registers.
"""

ATTRS = {
    "tool": attr.label(
        doc = "The executable. It must accept the command line of the tool that it replaces.",
        # A source file, such as a prebuilt program, is an executable too.
        allow_files = True,
        executable = True,
        cfg = "exec",
        mandatory = True,
    ),
    "version": attr.string(
        doc = "The version of the tool. For the bindings generator, it is compared with the version that the tool prints and with the runtime crate of the bindings. Default: neither is compared.",
    ),
    "_allowlist_function_transition": attr.label(
        default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
    ),
}

# Rules that compile guests change this setting, and settings apply to tools too. All rules must get the same tool, so it is
# set back to its default.
_LTO = str(Label("@rules_rust//rust/settings:lto"))

tool_transition = transition(
    implementation = lambda _settings, _attr: {_LTO: "unspecified"},
    inputs = [],
    outputs = [_LTO],
)

def _impl(ctx):
    tool = ctx.attr.tool[DefaultInfo]
    return [platform_common.ToolchainInfo(
        # Of a program, for executables that are links to it. A list, as a rule of another module may lack them.
        runfiles = [tool.default_runfiles] if tool.default_runfiles else [],
        tool = tool.files_to_run,
        version = ctx.attr.version,
    )]

tool_toolchain = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    cfg = tool_transition,
)
