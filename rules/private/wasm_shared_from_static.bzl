"""wasm_shared_from_static: a shared library from a static one."""

load("@rules_cc//cc:find_cc_toolchain.bzl", "use_cc_toolchain")
load("//rules/private/common:actions.bzl", "default_info")
load("//rules/private/common:shared_library.bzl", "link_object")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN")
load("//rules/private/common:wasm_transition.bzl", "OPTIMIZE_ATTRS", "wasm_platform_transition")
load("//rules/private/providers:wasm_shared_library_info.bzl", "WasmSharedLibraryInfo", "wasm_shared_library_info")
load("//rules/private/providers:wasm_static_library_info.bzl", "WasmStaticLibraryInfo")

DOC = """Links a shared library from a `wasm_static_library`, whose code may depend on its position.

Outputs: `<name>.so`.
"""

ATTRS = OPTIMIZE_ATTRS | {
    "library": attr.label(
        doc = "The static library. What it exports, the shared one exports.",
        providers = [WasmStaticLibraryInfo],
        mandatory = True,
    ),
    "_platform": attr.string(default = "unknown"),
}

def _impl(ctx):
    library = link_object(ctx, ctx.attr.library[WasmStaticLibraryInfo].object)
    return [
        default_info(ctx, library),
        wasm_shared_library_info(library = library),
    ]

wasm_shared_from_static = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    cfg = wasm_platform_transition,
    fragments = ["cpp"],
    provides = [WasmSharedLibraryInfo],
    toolchains = [COMPONENT_TOOLCHAIN] + use_cc_toolchain(),
)
