"""wasm_static_library: a relocatable object with its WIT world."""

load("@rules_cc//cc/common:cc_info.bzl", "CcInfo")
load("//rules/private/common:actions.bzl", "default_info", "program_files", "run_tool")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN", "WASM_LD_TOOLCHAIN")
load("//rules/private/common:wasm_transition.bzl", "OPTIMIZE_ATTRS", "wasm_transition")
load("//rules/private/common:world.bzl", "WORLD_ATTRS", "add_world", "named_world")
load("//rules/private/providers:wasm_static_library_info.bzl", "WasmStaticLibraryInfo", "wasm_static_library_info")

DOC = """Makes one relocatable object from C, C++ or Rust libraries, for `wasm_static_link`.

The object `<name>.rel.wasm` can be distributed on its own. It exports the exports of its world and leaves the imports of
the world undefined. All other symbols are local, those of the standard library included, so libraries of different
compilers and versions can be linked with each other. All libraries must allocate with C's `malloc`, which stays undefined
too; Rust does so with bindings of `runtime = "static"`, the default of `rust_wasm_static_library`. WASI and a C library
are not available.

The world comes from bindings in `deps`. C without bindings sets `wit` and `world` instead, and declares its imports and
exports by their names in the canonical ABI: `__attribute__((export_name("ns:package/interface#function")))`.

Outputs: `<name>.rel.wasm`.
"""

ATTRS = OPTIMIZE_ATTRS | WORLD_ATTRS | {
    "deps": attr.label_list(
        doc = "The libraries, such as `cc_library` and `rust_static_library`.",
        cfg = wasm_transition,
        providers = [CcInfo],
        mandatory = True,
    ),
    "exports": attr.string_list(
        doc = "Further functions to export by their symbols, such as the `malloc` of an allocator.",
    ),
    "_platform": attr.string(
        default = "unknown",
    ),
}

def _archives(deps):
    """Returns the archives, or otherwise the objects, that a C linker would get."""
    files = []
    for dep in deps:
        for linker_input in dep[CcInfo].linking_context.linker_inputs.to_list():
            for library in linker_input.libraries:
                archive = library.static_library or library.pic_static_library
                files.extend([archive] if archive else library.objects or library.pic_objects or [])
    return depset(files)

def _keeps_dwarf(ctx):
    return ctx.attr.optimize == "auto" and ctx.var["COMPILATION_MODE"] == "dbg"

def wasm_static_library_impl(ctx):
    """Declares the action of a static library.

    Args:
      ctx: the context of a rule with ATTRS, COMPONENT_TOOLCHAIN and WASM_LD_TOOLCHAIN.

    Returns:
      list[Provider]: DefaultInfo and WasmStaticLibraryInfo.
    """
    world = named_world(ctx)
    archives = _archives(ctx.attr.deps)
    linker = ctx.toolchains[WASM_LD_TOOLCHAIN]
    output = ctx.actions.declare_file(ctx.label.name + ".rel.wasm")

    args = ctx.actions.args()
    args.add_all(archives)
    args.add("-o", output)
    args.add("--linker", linker.tool.executable)
    inputs = add_world(args, world)
    args.add_all(ctx.attr.exports, before_each = "--export")
    if not _keeps_dwarf(ctx):
        args.add("--strip-debug")
    run_tool(
        ctx,
        toolchain_type = COMPONENT_TOOLCHAIN,
        subcommand = "static-library",
        args = args,
        inputs = depset(transitive = [archives, inputs]),
        outputs = [output],
        tools = program_files(linker),
        mnemonic = "WasmStaticLibrary",
        progress_message = "Making static library %{label}",
    )
    return [
        default_info(ctx, output),
        wasm_static_library_info(object = output, wit = world.wit, world = world.name),
    ]

wasm_static_library = rule(
    implementation = wasm_static_library_impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [WasmStaticLibraryInfo],
    toolchains = [
        COMPONENT_TOOLCHAIN,
        WASM_LD_TOOLCHAIN,
    ],
)
