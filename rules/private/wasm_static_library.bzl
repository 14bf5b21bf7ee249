"""wasm_static_library: a relocatable object with its world."""

load("@rules_cc//cc/common:cc_info.bzl", "CcInfo")
load("//rules/private/common:actions.bzl", "COMPONENT_TOOLCHAIN", "WASM_LD_TOOLCHAIN", "add_wit", "run_tool")
load("//rules/private/common:wasm_transition.bzl", "wasm_transition", TRANSITION_ATTRS = "ATTRS")
load("//rules/private/providers:wasm_static_library_info.bzl", "WasmStaticLibraryInfo", "wasm_static_library_info")
load("//rules/private/providers:wit_info.bzl", "WitInfo", "named_world")

DOC = """Makes one relocatable object of libraries in C, C++ or Rust, for `wasm_static_link`.

The object can be given to others as it is, as `<name>.rel.wasm`. It has what its world exports, and is open where the
world has imports; everything else in it is its own, standard library included, so that libraries of different compilers
and versions go together. Memory they must all take from C's `malloc`, which is open too: Rust does with bindings of
`runtime = "static"`, as `rust_wasm_static_library` has them. There is no WASI and no C library.

Bindings that are compiled in say which world it is. C without bindings says it by `wit` and `world`, exports functions by
the names of the canonical ABI (`__attribute__((export_name("ns:package/interface#function")))`), and imports likewise.

Outputs: `<name>.rel.wasm`.
"""

ATTRS = TRANSITION_ATTRS | {
    "platform": attr.string(
        doc = "What the library is compiled for: `unknown`.",
        default = "unknown",
        values = ["unknown"],
    ),
    "deps": attr.label_list(
        doc = "`cc_library`, `rust_static_library` and the like.",
        cfg = wasm_transition,
        providers = [CcInfo],
        mandatory = True,
    ),
    "wit": attr.label(
        doc = "The `wit_library` that has the world, where no bindings say what it is.",
        providers = [WitInfo],
    ),
    "wit_features": attr.string_list(
        doc = "Feature gates (`@unstable(feature = ...)`) that are open in that world.",
    ),
    "world": attr.string(
        doc = "The world that the library implements.",
    ),
    "exports": attr.string_list(
        doc = "Further functions that others can call by their symbols, such as `malloc` of an allocator.",
    ),
}

def _archives(deps):
    """The archives, or else the objects, that a C linker would be given."""
    files = []
    for dep in deps:
        for linker_input in dep[CcInfo].linking_context.linker_inputs.to_list():
            for library in linker_input.libraries:
                archive = library.static_library or library.pic_static_library
                files.extend([archive] if archive else library.objects or library.pic_objects or [])
    return depset(files)

def keeps_dwarf(ctx):
    """Whether debug information stays: with `-c dbg` only, as in components.

    Args:
      ctx: the rule's context; the rule has the attributes of the transition.

    Returns:
      bool.
    """
    return ctx.attr.optimize == "auto" and ctx.var["COMPILATION_MODE"] == "dbg"

def _impl(ctx):
    wit, world = named_world(ctx)
    archives = _archives(ctx.attr.deps)
    linker = ctx.toolchains[WASM_LD_TOOLCHAIN].tool
    output = ctx.actions.declare_file(ctx.label.name + ".rel.wasm")

    args = ctx.actions.args()
    args.add_all(archives)
    args.add("-o", output)
    args.add("--linker", linker.executable)
    inputs = [archives]
    if wit:
        inputs.append(add_wit(args, wit, world = world))
        args.add_all(ctx.attr.wit_features, before_each = "--feature")
    args.add_all(ctx.attr.exports, before_each = "--export")
    if not keeps_dwarf(ctx):
        args.add("--strip-debug")
    run_tool(
        ctx,
        COMPONENT_TOOLCHAIN,
        "static-library",
        args,
        inputs = depset(transitive = inputs),
        outputs = [output],
        tools = [linker],
        mnemonic = "WasmStaticLibrary",
        progress_message = "Making static library %{label}",
    )
    return [
        DefaultInfo(
            files = depset([output]),
            runfiles = ctx.runfiles([output]),
        ),
        wasm_static_library_info(object = output, wit = wit, world = world),
    ]

wasm_static_library = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [WasmStaticLibraryInfo],
    toolchains = [
        COMPONENT_TOOLCHAIN,
        WASM_LD_TOOLCHAIN,
    ],
)
