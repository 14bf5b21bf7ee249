"""wasm_component_lower: a component as one core module."""

load("//rules/private:actions.bzl", "COMPONENT_TOOLCHAIN", "run_tool")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")

DOC = """Makes one core module of a component, with everything that was composed into it.

The module imports and exports what the component does, as bindings for core modules have it; between what was composed
the canonical ABI holds as before, each with a memory of its own, or with its own part of one memory: such a module runs
on interpreters that know the first version of WebAssembly only. The host sees memory 0 only, or the beginning of the
one memory, and must not make it grow. What cannot be lowered, such as async functions, fails with the function's name.
`wasm_component` makes a component of the module again.

Outputs: `<name>.wasm`, and in the output group `manifest` `<name>.json`, which describes the imports and exports.
"""

ATTRS = {
    "component": attr.label(
        doc = "The component.",
        providers = [WasmComponentInfo],
        mandatory = True,
    ),
    "memory": attr.string(
        doc = "`multi`: a memory for each component and those of what connects them. `single`: one, of which each has a part.",
        default = "multi",
        values = ["multi", "single"],
    ),
    "bounds": attr.string(
        doc = "For one memory. `checked`: each access is, so that no component can reach the part of another. `unchecked`: " +
              "only copies and fills are, for components that are trusted; a trap may then be a wrong value.",
        default = "checked",
        values = ["checked", "unchecked"],
    ),
    "engine_features": attr.string(
        doc = "What the engine knows: the module is checked against it, and what it lacks is written in other words where " +
              "the module has one memory. Default: `wasm2` for one memory, else `multi-memory`.",
        default = "",
        values = ["", "mvp", "wasm2", "multi-memory", "wasm3"],
    ),
}

def _impl(ctx):
    component = ctx.attr.component[WasmComponentInfo].component
    module = ctx.actions.declare_file(ctx.label.name + ".wasm")
    manifest = ctx.actions.declare_file(ctx.label.name + ".json")
    args = ctx.actions.args()
    args.add(component)
    args.add("--memory", ctx.attr.memory)
    args.add("--bounds", ctx.attr.bounds)
    if ctx.attr.engine_features:
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
