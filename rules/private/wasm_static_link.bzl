"""wasm_static_link: one core module of several static libraries."""

load("//rules/private/common:actions.bzl", "COMPONENT_TOOLCHAIN", "WASM_LD_TOOLCHAIN", "add_wit", "run_tool")
load("//rules/private/providers:wasm_module_info.bzl", "WasmModuleInfo", "wasm_module_info")
load("//rules/private/providers:wasm_static_library_info.bzl", "WasmStaticLibraryInfo")
load("//rules/private/providers:wit_info.bzl", "WitInfo", "named_world")

DOC = """Links static libraries into one core module with one memory, one stack, one table and one allocator.

What a library imports and another exports is connected by interface, versions that are compatible by semver included.
Such a call is a call: numbers, handles and what comes back pass without a copy. Strings and lists that are passed in are
copied once, as whom they are passed to owns them by the rules of WIT; nothing is checked. So link only what you trust
as much as your own code: [`wasm_component_lower`](component.md#wasm_component_lower) keeps components apart.

Refused, with the name: async functions, streams and futures; what borrows a resource of a third library or of the host;
and a resource that is used inside and exported too.

The module says what its world is: `wasm_component` makes a component of it.

Outputs: `<name>.wasm`.
"""

ATTRS = {
    "deps": attr.label_list(
        doc = "The libraries.",
        providers = [WasmStaticLibraryInfo],
        mandatory = True,
    ),
    "allocator": attr.label(
        doc = "The library that has `malloc`, `calloc`, `realloc`, `aligned_alloc` and `free`.",
        default = Label("//rules/runtime/allocator"),
        providers = [WasmStaticLibraryInfo],
    ),
    "wit": attr.label(
        doc = "The `wit_library` that has the module's world. Without it the module exports what no library imports from another.",
        providers = [WitInfo],
    ),
    "wit_features": attr.string_list(
        doc = "Feature gates (`@unstable(feature = ...)`) that are open in that world.",
    ),
    "world": attr.string(
        doc = "The world that the module is to have.",
    ),
}

def _impl(ctx):
    wit, world = named_world(ctx)
    objects = depset([
        dep[WasmStaticLibraryInfo].object
        for dep in ctx.attr.deps + [ctx.attr.allocator]
    ])
    linker = ctx.toolchains[WASM_LD_TOOLCHAIN].tool
    module = ctx.actions.declare_file(ctx.label.name + ".wasm")

    args = ctx.actions.args()
    args.add_all(objects)
    args.add("-o", module)
    args.add("--linker", linker.executable)
    inputs = [objects]
    if wit:
        inputs.append(add_wit(args, wit, world = world))
        args.add_all(ctx.attr.wit_features, before_each = "--feature")
    if ctx.var["COMPILATION_MODE"] != "dbg":
        args.add("--strip-debug")
    run_tool(
        ctx,
        COMPONENT_TOOLCHAIN,
        "static-link",
        args,
        inputs = depset(transitive = inputs),
        outputs = [module],
        tools = [linker],
        mnemonic = "WasmStaticLink",
        progress_message = "Linking module %{label}",
    )
    return [
        DefaultInfo(
            files = depset([module]),
            runfiles = ctx.runfiles([module]),
        ),
        wasm_module_info(module = module, wit = wit, world = world),
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
