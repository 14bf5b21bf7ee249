"""wasm_component_lower: a component as one core module."""

load("//rules/private:actions.bzl", "COMPONENT_TOOLCHAIN", "run_tool")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")

DOC = """Makes one core module of a component, with everything that was composed into it.

The module imports and exports what the component does, as bindings for core modules have it; between what was composed
the canonical ABI holds as before, each with a memory of its own. What cannot be lowered, such as async functions, fails
with the function's name. `wasm_component` makes a component of the module again.

Outputs: `<name>.wasm`, and in the output group `manifest` `<name>.json`, which describes the imports and exports.
"""

ATTRS = {
    "component": attr.label(
        doc = "The component.",
        providers = [WasmComponentInfo],
        mandatory = True,
    ),
    "memory": attr.string(
        doc = "`multi`: a memory for each component and those of what connects them.",
        default = "multi",
        values = ["multi"],
    ),
    "engine_features": attr.string(
        doc = "What the engine knows: the module is checked against it.",
        default = "multi-memory",
        values = ["mvp", "wasm2", "multi-memory", "wasm3"],
    ),
}

def _impl(ctx):
    component = ctx.attr.component[WasmComponentInfo].component
    module = ctx.actions.declare_file(ctx.label.name + ".wasm")
    manifest = ctx.actions.declare_file(ctx.label.name + ".json")
    args = ctx.actions.args()
    args.add(component)
    args.add("--memory", ctx.attr.memory)
    args.add("--features", ctx.attr.engine_features)
    args.add("--manifest", manifest)
    args.add("-o", module)
    run_tool(
        ctx,
        COMPONENT_TOOLCHAIN,
        "lower",
        args,
        inputs = depset([component]),
        outputs = [module, manifest],
        mnemonic = "WasmComponentLower",
        progress_message = "Lowering component %{label}",
    )
    return [
        DefaultInfo(
            files = depset([module]),
            runfiles = ctx.runfiles([module]),
        ),
        OutputGroupInfo(manifest = depset([manifest])),
    ]

wasm_component_lower = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    toolchains = [COMPONENT_TOOLCHAIN],
)
