"""wasm_component_provenance: what a component was made of."""

load("//rules/private/common:actions.bzl", "run_tool")
load("//rules/private/common:provenance.bzl", "PROVENANCE_ATTRS", "make_provenance", "provenance_aspect")
load("//rules/private/common:toolchain_types.bzl", "PUBLISHER_TOOLCHAIN")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo", "wasm_component_info")

DOC = """Writes what a component was made of, as a CycloneDX document.

The document has the hash of the component, the tools that its `producers` sections name, its Rust crates, the WIT packages and
the components that it is composed of, with their hashes. All of it comes from the build graph, but for the hashes of crates, which
come from `lockfiles`. Equal inputs give equal bytes.

With `embed`, the target is also a component that carries the document in its custom section `cyclonedx`. The hash in the
document is that of the component without this section.

Outputs: `<name>.cdx.json`, and with `embed` `<name>.wasm`.
"""

ATTRS = PROVENANCE_ATTRS | {
    "component": attr.label(
        doc = "The component.",
        aspects = [provenance_aspect],
        providers = [WasmComponentInfo],
        mandatory = True,
    ),
    "embed": attr.bool(
        doc = "Whether to make a component with the document in it.",
    ),
    "package": attr.string(
        doc = "`namespace:name@version`, the name in the document. Default: the name of the target of the component.",
    ),
}

def _impl(ctx):
    info = ctx.attr.component[WasmComponentInfo]
    component = info.component
    document = make_provenance(ctx, ctx.attr.component, component, package = ctx.attr.package)
    outputs = [document]
    if ctx.attr.embed:
        carrying = ctx.actions.declare_file(ctx.label.name + ".wasm")
        args = ctx.actions.args()
        args.add(component)
        args.add("--provenance", document)
        args.add("--output", carrying)
        run_tool(
            ctx,
            toolchain_type = PUBLISHER_TOOLCHAIN,
            subcommand = "embed",
            args = args,
            inputs = depset([component, document]),
            outputs = [carrying],
            mnemonic = "WasmComponentEmbed",
            progress_message = "Embedding the provenance of %{label}",
        )
        component = carrying
        outputs.append(carrying)
    return [
        DefaultInfo(files = depset(outputs), runfiles = ctx.runfiles(outputs)),
        OutputGroupInfo(provenance = depset([document])),
        wasm_component_info(component = component, wit = info.wit, world = info.world),
    ]

wasm_component_provenance = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [WasmComponentInfo],
    toolchains = [PUBLISHER_TOOLCHAIN],
)
