"""The rule moonbit_toolchain."""

load(":moonbit_compiler.bzl", "MoonBitCompilerInfo")
load(":tool_toolchain.bzl", "tool_transition")

DOC = """Makes a toolchain of a `moonbit_compiler`.

To use another Node.js, declare a `moonbit_compiler`, this toolchain and a `toolchain` of the type
`@rules_wit//toolchains:moonbit_toolchain_type`, and register the latter in your `MODULE.bazel`.
"""

ATTRS = {
    "compiler": attr.label(
        doc = "The compiler.",
        providers = [MoonBitCompilerInfo],
        cfg = "exec",
        mandatory = True,
    ),
    "_allowlist_function_transition": attr.label(
        default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
    ),
}

def _impl(ctx):
    compiler = ctx.attr.compiler[MoonBitCompilerInfo]
    return [platform_common.ToolchainInfo(
        compiler = compiler.compiler,
        core = compiler.core,
        moonc = compiler.moonc,
        node = compiler.node,
    )]

moonbit_toolchain = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    # The standard library is compiled once, not for each configuration.
    cfg = tool_transition,
)
