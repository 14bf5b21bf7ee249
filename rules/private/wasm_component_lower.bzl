"""wasm_component_lower: a component as one core module."""

load("//rules/private/common:actions.bzl", "COMPONENT_TOOLCHAIN", "run_tool")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")
load("//rules/private/providers:wasm_module_info.bzl", "WasmModuleInfo", "wasm_module_info")

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
              "the module has one memory. Code of the lowering itself has vectors with `wasm3` only. Default: `wasm2` for one memory, else `multi-memory`.",
        default = "",
        values = ["", "mvp", "wasm2", "multi-memory", "wasm3"],
    ),
    "optimizer": attr.label(
        doc = "Binaryen's `wasm-opt`, such as `@rules_wit_tools//:binaryen`: the module is optimised in an action of its own.",
        executable = True,
        cfg = "exec",
    ),
    "optimizer_flags": attr.string_list(
        doc = "How `wasm-opt` is to optimise. Which features it may use follows from `engine_features`.",
        default = ["-O3"],
    ),
}

_WASM2 = [
    "--mvp-features",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-simd",
]

_OPTIMIZER_FEATURES = {
    "mvp": ["--mvp-features"],
    "wasm2": _WASM2,
    "multi-memory": _WASM2 + ["--enable-multimemory"],
    "wasm3": ["--all-features"],
}

def _optimize(ctx, lowered, module):
    features = ctx.attr.engine_features or {"multi": "multi-memory", "single": "wasm2"}[ctx.attr.memory]
    args = ctx.actions.args()
    args.add(lowered)
    args.add("-o", module)

    # Names are kept, as the tools that made the module do.
    args.add("--debuginfo")
    args.add_all(_OPTIMIZER_FEATURES[features])
    args.add_all(ctx.attr.optimizer_flags)
    ctx.actions.run(
        executable = ctx.executable.optimizer,
        arguments = [args],
        inputs = depset([lowered]),
        outputs = [module],
        mnemonic = "WasmOptimize",
        progress_message = "Optimizing module %{label}",
        toolchain = None,
    )

def _impl(ctx):
    info = ctx.attr.component[WasmComponentInfo]
    component = info.component
    module = ctx.actions.declare_file(ctx.label.name + ".wasm")
    optimized = module
    if ctx.attr.optimizer:
        module = ctx.actions.declare_file(ctx.label.name + ".lowered.wasm")
        _optimize(ctx, module, optimized)
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
            files = depset([optimized]),
            runfiles = ctx.runfiles([optimized]),
        ),
        OutputGroupInfo(manifest = depset([manifest])),
        wasm_module_info(module = optimized, wit = info.wit, world = info.world),
    ]

wasm_component_lower = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [WasmModuleInfo],
    toolchains = [COMPONENT_TOOLCHAIN],
)
