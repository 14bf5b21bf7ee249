"""wasm_static_link: one core module from static libraries."""

load("//rules/private/common:actions.bzl", "default_info", "program_files", "run_tool")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN", "WASM_LD_TOOLCHAIN")
load("//rules/private/common:world.bzl", "WORLD_ATTRS", "add_world", "named_world")
load("//rules/private/providers:wasm_module_info.bzl", "WasmModuleInfo", "wasm_module_info")
load("//rules/private/providers:wasm_static_library_info.bzl", "WasmStaticLibraryInfo")

DOC = """Links static libraries into one core module with one memory, stack, table and allocator.

An import of one library is linked to the export of another with the same interface and a compatible version. The call is
direct: numbers, handles and results are passed without a copy. String and list arguments are copied once, because in WIT
the callee owns its arguments. Nothing is checked, so link only code that you trust as much as your own;
[`wasm_component_lower`](component.md#wasm_component_lower) keeps components isolated.

Without `wit` and `world`, the module exports all exports that no other library imports.

These cannot be linked, and the error names the function or resource: async functions, streams and futures; functions that
borrow a resource of a third library or of the host; resources that are both used between libraries and exported.

The module describes its world, so `wasm_component` can make a component from it.

Outputs: `<name>.wasm`.
"""

ATTRS = WORLD_ATTRS | {
    "allocator": attr.label(
        doc = "The library with `malloc`, `calloc`, `realloc`, `aligned_alloc` and `free`.",
        default = Label("//rules/runtime/allocator"),
        providers = [WasmStaticLibraryInfo],
    ),
    "deps": attr.label_list(
        doc = "The libraries.",
        providers = [WasmStaticLibraryInfo],
        mandatory = True,
    ),
}

def _impl(ctx):
    world = named_world(ctx)
    objects = depset([
        dep[WasmStaticLibraryInfo].object
        for dep in ctx.attr.deps + [ctx.attr.allocator]
    ])
    linker = ctx.toolchains[WASM_LD_TOOLCHAIN]
    module = ctx.actions.declare_file(ctx.label.name + ".wasm")

    args = ctx.actions.args()
    args.add_all(objects)
    args.add("-o", module)
    args.add("--linker", linker.tool.executable)
    inputs = add_world(args, world)
    if ctx.var["COMPILATION_MODE"] != "dbg":
        args.add("--strip-debug")
    run_tool(
        ctx,
        toolchain_type = COMPONENT_TOOLCHAIN,
        subcommand = "static-link",
        args = args,
        inputs = depset(transitive = [objects, inputs]),
        outputs = [module],
        tools = program_files(linker),
        mnemonic = "WasmStaticLink",
        progress_message = "Linking module %{label}",
    )
    return [
        default_info(ctx, module),
        wasm_module_info(module = module, wit = world.wit, world = world.name),
    ]

wasm_static_link = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [WasmModuleInfo],
    toolchains = [
        COMPONENT_TOOLCHAIN,
        WASM_LD_TOOLCHAIN,
    ],
)
