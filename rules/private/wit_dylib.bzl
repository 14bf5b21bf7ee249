"""wit_dylib: the library that connects an interpreter to a world."""

load("//rules/private/common:actions.bzl", "default_info")
load("//rules/private/common:dylib.bzl", "make_dylib")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN")
load("//rules/private/common:world.bzl", "named_world", "world_attrs")
load("//rules/private/providers:wasm_shared_library_info.bzl", "WasmSharedLibraryInfo", "wasm_shared_library_info")
load("//rules/private/providers:wit_dylib_info.bzl", "WitDylibInfo", "wit_dylib_info")

DOC = """Generates a shared library that implements a world with the functions of an interpreter, `wit_dylib.h`.

The library depends on the WIT alone. `interpreted_component` generates it by itself, so this rule is for other ways of
linking an interpreter.

Outputs: `<name>.world.so`, and `<name>.world.json`, which describes the functions and types of the world.
"""

ATTRS = world_attrs(mandatory = True) | {
    "async_filter": attr.string_list(
        doc = "Which functions are async, as `wit-dylib --async` names them: `all`, `import:NAME`, `export:NAME`, or a name with `-` before it. Default: as in WIT.",
    ),
    "encoding": attr.string(
        doc = "The encoding of strings.",
        default = "utf8",
        values = ["utf8", "utf16", "compact-utf16"],
    ),
    "interpreter": attr.string(
        doc = "The file name of the interpreter if it is linked as a shared library, such as `libcalc.so`.",
    ),
}

def _impl(ctx):
    world = named_world(ctx)
    dylib = make_dylib(
        ctx,
        async_filter = ctx.attr.async_filter,
        encoding = ctx.attr.encoding,
        interpreter = ctx.attr.interpreter,
        world = world,
    )
    return [
        default_info(ctx, dylib.library),
        OutputGroupInfo(metadata = depset([dylib.metadata])),
        wasm_shared_library_info(library = dylib.library),
        wit_dylib_info(
            features = world.features,
            library = dylib.library,
            metadata = dylib.metadata,
            wit = world.wit,
            world = world.name,
        ),
    ]

wit_dylib = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [
        WasmSharedLibraryInfo,
        WitDylibInfo,
    ],
    toolchains = [COMPONENT_TOOLCHAIN],
)
