"""rust_object_shared_library: the library of `rust_wasm_shared_library`."""

load("@rules_cc//cc:find_cc_toolchain.bzl", "use_cc_toolchain")
load("@rules_rust//rust:defs.bzl", "rust_common")
load("//rules/private/common:actions.bzl", "default_info")
load("//rules/private/common:guest_crate.bzl", "guest_crate_providers")
load("//rules/private/common:shared_library.bzl", "link_object")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN")
load("//rules/private/common:tooling_groups.bzl", "tooling_groups")
load("//rules/private/common:wasm_transition.bzl", "OPTIMIZE_ATTRS", "wasm_platform_transition")
load("//rules/private/providers:wasm_shared_library_info.bzl", "WasmSharedLibraryInfo", "wasm_shared_library_info")
load("//rules/private/providers:wasm_static_library_info.bzl", "WasmStaticLibraryInfo")

DOC = """Links a shared library from the object of a Rust library, whose code may depend on its position.

Linters and editors find the crate through the library, as they do through the object.
"""

ATTRS = OPTIMIZE_ATTRS | {
    "object": attr.label(
        doc = "The object, a `rust_object_static_library`. What it exports, the library exports.",
        providers = [WasmStaticLibraryInfo, rust_common.test_crate_info],
        mandatory = True,
    ),
    "_platform": attr.string(default = "unknown"),
}

def _impl(ctx):
    object = ctx.attr.object
    library = link_object(ctx, object[WasmStaticLibraryInfo].object)
    return [
        default_info(ctx, library),
        wasm_shared_library_info(library = library),
        OutputGroupInfo(**tooling_groups([object])),
    ] + guest_crate_providers(object)

rust_object_shared_library = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    cfg = wasm_platform_transition,
    fragments = ["cpp"],
    provides = [
        WasmSharedLibraryInfo,
        rust_common.test_crate_info,
    ],
    toolchains = [COMPONENT_TOOLCHAIN] + use_cc_toolchain(),
)
