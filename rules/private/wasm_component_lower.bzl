"""wasm_component_lower: a component as one core module."""

load("//rules/private/common:actions.bzl", "PATH_MAPPING", "default_info", "run_tool")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")
load("//rules/private/providers:wasm_module_info.bzl", "WasmModuleInfo", "wasm_module_info")

DOC = """Lowers a component, with all components that are composed into it, to one core module.

The module imports and exports the functions of the component's world, with the names and types that bindings for core
modules use. `wasm_component` makes a component from it again.

Composed components still exchange data by the canonical ABI. Each has its own memory, or with `memory = "single"` its own
region of one memory. With `engine_features = "mvp"` as well, the module runs on interpreters that only implement the MVP.

The host can access memory 0, or the start of the single memory, and must not grow it. If the component
cannot be lowered, for example because of async functions, the error names the function.

Outputs: `<name>.wasm`. Output groups: `manifest` (`<name>.json`, which describes the imports and exports).
"""

ATTRS = {
    "bounds": attr.string(
        doc = "For `memory = \"single\"`: `checked` keeps every component within its region. `unchecked` checks only " +
              "copies, fills and indirect calls, for components that are trusted; an access out of bounds may then " +
              "return a wrong value instead of a trap.",
        default = "checked",
        values = ["checked", "unchecked"],
    ),
    "component": attr.label(
        doc = "The component to lower.",
        providers = [WasmComponentInfo],
        mandatory = True,
    ),
    "engine_features": attr.string(
        doc = "The WebAssembly features of the engine. The module is validated against them; with one memory, unsupported " +
              "instructions are expanded. SIMD in generated code requires `wasm3`. Default: `wasm2` for " +
              "`memory = \"single\"`, otherwise `multi-memory`.",
        default = "",
        values = ["", "mvp", "wasm2", "multi-memory", "wasm3"],
    ),
    "memory": attr.string(
        doc = "`multi`: a memory for each component and for the code that connects them. `single`: one memory with a region for each.",
        default = "multi",
        values = ["multi", "single"],
    ),
    "optimizer": attr.label(
        doc = "Binaryen's `wasm-opt`, such as `@rules_wit_tools//:binaryen`, to optimize the module in another action.",
        executable = True,
        cfg = "exec",
    ),
    "optimizer_flags": attr.string_list(
        doc = "Flags of `wasm-opt`. The features that it may use follow from `engine_features`.",
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

def _optimize(ctx, *, lowered, module):
    features = ctx.attr.engine_features or {"multi": "multi-memory", "single": "wasm2"}[ctx.attr.memory]
    args = ctx.actions.args()
    args.add(lowered)
    args.add("-o", module)

    # Keep names, as `component lower` does.
    args.add("--debuginfo")
    args.add_all(_OPTIMIZER_FEATURES[features])
    args.add_all(ctx.attr.optimizer_flags)
    ctx.actions.run(
        executable = ctx.executable.optimizer,
        arguments = [args],
        inputs = depset([lowered]),
        outputs = [module],
        execution_requirements = PATH_MAPPING,
        mnemonic = "WasmOptimize",
        progress_message = "Optimizing module %{label}",
        toolchain = None,
    )

def _impl(ctx):
    info = ctx.attr.component[WasmComponentInfo]
    module = ctx.actions.declare_file(ctx.label.name + ".wasm")
    lowered = module
    if ctx.attr.optimizer:
        lowered = ctx.actions.declare_file(ctx.label.name + ".lowered.wasm")
        _optimize(ctx, lowered = lowered, module = module)
    manifest = ctx.actions.declare_file(ctx.label.name + ".json")
    args = ctx.actions.args()
    args.add(info.component)
    args.add("--memory", ctx.attr.memory)
    args.add("--bounds", ctx.attr.bounds)
    if ctx.attr.engine_features:
        args.add("--features", ctx.attr.engine_features)
    args.add("--manifest", manifest)
    args.add("-o", lowered)
    run_tool(
        ctx,
        toolchain_type = COMPONENT_TOOLCHAIN,
        subcommand = "lower",
        args = args,
        inputs = depset([info.component]),
        outputs = [lowered, manifest],
        mnemonic = "WasmComponentLower",
        progress_message = "Lowering component %{label}",
    )
    return [
        default_info(ctx, module),
        OutputGroupInfo(manifest = depset([manifest])),
        wasm_module_info(module = module, wit = info.wit, world = info.world),
    ]

wasm_component_lower = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [WasmModuleInfo],
    toolchains = [COMPONENT_TOOLCHAIN],
)
