"""rust_object_static_library: the object of `rust_wasm_static_library` and `rust_wasm_shared_library`."""

load("@rules_cc//cc/common:cc_info.bzl", "CcInfo")
load("@rules_rust//rust:defs.bzl", "rust_common")
load("//rules/private:wasm_static_library.bzl", "wasm_static_library_impl", _WASM_STATIC_LIBRARY_ATTRS = "ATTRS")
load("//rules/private/common:guest_crate.bzl", "GUEST_ASPECTS", "guest_crate_providers")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN", "WASM_LD_TOOLCHAIN")
load("//rules/private/common:tooling_groups.bzl", "tooling_groups")
load("//rules/private/common:wasm_transition.bzl", "wasm_transition")
load("//rules/private/providers:wasm_static_library_info.bzl", "WasmStaticLibraryInfo")

DOC = """Makes a relocatable object of one Rust library.

Linters and editors find the crate through the object, as only the object selects the platform of the crate.
"""

ATTRS = _WASM_STATIC_LIBRARY_ATTRS | {
    "deps": attr.label_list(
        doc = "The crate, a `rust_static_library`, and then libraries that it calls.",
        aspects = GUEST_ASPECTS,
        cfg = wasm_transition,
        providers = [CcInfo],
        mandatory = True,
    ),
}

def _impl(ctx):
    crate = ctx.attr.deps[0]
    return wasm_static_library_impl(ctx) + [OutputGroupInfo(**tooling_groups([crate]))] + guest_crate_providers(crate)

rust_object_static_library = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [
        WasmStaticLibraryInfo,
        rust_common.test_crate_info,
    ],
    toolchains = [
        COMPONENT_TOOLCHAIN,
        WASM_LD_TOOLCHAIN,
    ],
)
