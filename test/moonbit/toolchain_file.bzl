"""Files of the toolchain, for tests that run it."""

load("//rules/private/common:toolchain_types.bzl", "MOONBIT_TOOLCHAIN")

def _impl(ctx):
    moonbit = ctx.toolchains[MOONBIT_TOOLCHAIN]
    files = {
        "compiler": [moonbit.compiler],
        "moonc": moonbit.moonc[:1],
        "node": [moonbit.node.executable],
    } | {target: [directory] for target, directory in moonbit.core.items()}
    return [DefaultInfo(
        files = depset(files[ctx.attr.file]),
        runfiles = ctx.runfiles(files[ctx.attr.file] + (moonbit.moonc if ctx.attr.file == "moonc" else [])),
    )]

toolchain_file = rule(
    implementation = _impl,
    attrs = {"file": attr.string(
        doc = "`node`, `moonc`, `compiler`, or a target of the compiler for its standard library.",
        mandatory = True,
    )},
    doc = "A file of the MoonBit toolchain.",
    toolchains = [MOONBIT_TOOLCHAIN],
)
