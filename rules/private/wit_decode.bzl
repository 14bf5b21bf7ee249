"""wit_decode: the text of a WIT package from a registry. `wasm_component_pull` uses it."""

load("//rules/private/common:actions.bzl", "run_tool")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN")

DOC = """Prints the WIT of an encoded package, without its dependencies.

Output: `<name>.wit`, for a `wit_library`.
"""

ATTRS = {
    "src": attr.label(
        doc = "The encoded package (`.wasm`).",
        allow_single_file = [".wasm"],
        mandatory = True,
    ),
}

def _impl(ctx):
    text = ctx.actions.declare_file(ctx.label.name + ".wit")
    args = ctx.actions.args()
    args.add(ctx.file.src)
    args.add("--no-deps")
    args.add("--output", text)
    run_tool(
        ctx,
        toolchain_type = COMPONENT_TOOLCHAIN,
        subcommand = "wit",
        args = args,
        inputs = depset([ctx.file.src]),
        outputs = [text],
        mnemonic = "WitDecode",
        progress_message = "Printing WIT package %{label}",
    )
    return [DefaultInfo(files = depset([text]))]

wit_decode = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    toolchains = [COMPONENT_TOOLCHAIN],
)
