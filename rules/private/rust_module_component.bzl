"""rust_module_component: the component of `rust_wasm_component`."""

load("@rules_rust//rust:defs.bzl", "rust_analyzer_aspect")
load("//rules/private:wasm_component.bzl", "wasm_component_impl", _WASM_COMPONENT_ATTRS = "ATTRS")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN")
load("//rules/private/common:wasm_transition.bzl", "wasm_transition")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")

DOC = """Makes a component from a core module that rustc linked.

It has the output groups of the module for editors, as the module itself is compatible only with WebAssembly.
"""

ATTRS = _WASM_COMPONENT_ATTRS | {
    "module": attr.label(
        doc = "The core module, a `rust_shared_library` or `rust_binary`.",
        aspects = [rust_analyzer_aspect],
        cfg = wasm_transition,
        mandatory = True,
    ),
}

rust_module_component = rule(
    implementation = wasm_component_impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [WasmComponentInfo],
    toolchains = [COMPONENT_TOOLCHAIN],
)
