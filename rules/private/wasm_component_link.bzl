"""wasm_component_link: a component from shared libraries."""

load("//rules/private/common:component.bzl", "component_providers")
load("//rules/private/common:labels.bzl", "error_text", "label_text")
load("//rules/private/common:shared_link.bzl", "link_libraries")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN")
load("//rules/private/common:world.bzl", "WORLD_ATTRS", "named_world")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")
load("//rules/private/providers:wasm_shared_library_info.bzl", "WasmSharedLibraryInfo")

DOC = """Links shared libraries into a component, in which they share one memory.

```starlark
wasm_component_link(
    name = "app",
    # buildifier: do not sort
    libs = [
        ":libinterpreter",
        ":world_dylib",
    ],
)
```

The libraries are `wasm_shared_library`, `rust_wasm_shared_library` and `wit_dylib` targets. A library refers to another one by its file name. Of several
definitions of a symbol, that of the first library is used, so an interpreter is listed before the dylib. The world of the
component is the union of the worlds of its libraries.

Functions that neither another library nor the world reaches are removed, and debug information; not with `-c dbg`, and not
from libraries in `dl_openable`.

Outputs: `<name>.wasm`.
"""

ATTRS = WORLD_ATTRS | {
    "adapt": attr.label_keyed_string_dict(
        doc = "Core modules that implement what libraries import from a module, such as `wasi_snapshot_preview1`, in terms of the component model: the core module -> the name of the module.",
        allow_files = [".wasm"],
    ),
    "dl_openable": attr.label_list(
        doc = "Libraries that `dlopen` finds by their file names. Its implementation calls `strlen` and `memcmp` of a library with the name `libc.so`.",
        providers = [WasmSharedLibraryInfo],
    ),
    "libs": attr.label_list(
        doc = "The libraries.",
        providers = [WasmSharedLibraryInfo],
        mandatory = True,
        allow_empty = False,
    ),
    "stack_size": attr.int(
        doc = "The size of the stack in memory, in bytes. Default: 1 MiB.",
    ),
    "stub_missing_functions": attr.bool(
        doc = "Whether functions that no library defines are replaced by ones that trap.",
    ),
}

def _adapters(ctx):
    """Returns the core module for each name."""
    adapters = {}
    for target, name in ctx.attr.adapt.items():
        modules = [file for file in target.files.to_list() if file.extension == "wasm"]
        if len(modules) != 1:
            fail(error_text(ctx.label, "{} in `adapt` has {} `.wasm` outputs instead of one\nhint: name a target with one core module".format(
                label_text(target.label),
                len(modules),
            )))
        if name in adapters:
            fail(error_text(ctx.label, "`adapt` has several core modules for `{}`\nhint: keep one of them".format(name)))
        adapters[name] = modules[0]
    return adapters

def _impl(ctx):
    flags = ["--stub-missing-functions"] if ctx.attr.stub_missing_functions else []
    if ctx.attr.stack_size:
        flags.append("--stack-size={}".format(ctx.attr.stack_size))
    if ctx.attr.dl_openable:
        flags.append("--use-built-in-libdl")
    component = link_libraries(
        ctx,
        [lib[WasmSharedLibraryInfo].library for lib in ctx.attr.libs],
        adapters = _adapters(ctx),
        dl_openable = [lib[WasmSharedLibraryInfo].library for lib in ctx.attr.dl_openable],
        flags = flags,
    )
    return component_providers(ctx, component, world = named_world(ctx))

wasm_component_link = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [WasmComponentInfo],
    toolchains = [COMPONENT_TOOLCHAIN],
)
