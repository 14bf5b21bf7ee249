"""rust_module_component: the component of `rust_wasm_component`."""

load("@rules_rust//rust:defs.bzl", "rust_common")
load("//rules/private:wasm_component.bzl", "modules_of", "wasm_component_impl", _WASM_COMPONENT_ATTRS = "ATTRS")
load("//rules/private/common:guest_crate.bzl", "GUEST_ASPECTS", "guest_crate_providers")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN", "RUST_TOOLCHAIN")
load("//rules/private/common:wasm_transition.bzl", "wasm_transition")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")

DOC = """Makes a component from a core module that rustc linked.

Linters and editors find the crate through the component, as only the component selects the platform of the crate: it has the
crate's provider, and the output groups of clippy and rust-analyzer.
"""

ATTRS = _WASM_COMPONENT_ATTRS | {
    "module": attr.label(
        doc = "The core module, a `rust_shared_library` or `rust_binary`.",
        aspects = GUEST_ASPECTS,
        cfg = wasm_transition,
        mandatory = True,
    ),
}

def _instrumented_files(ctx):
    """Returns InstrumentedFilesInfo: the sources of the module, and the programs that make a report of its counters."""
    toolchain = ctx.toolchains[RUST_TOOLCHAIN]
    programs = []
    if ctx.configuration.coverage_enabled and toolchain and toolchain.llvm_cov and toolchain.llvm_profdata:
        # Only newer versions of rules_rust have `llvm_lib`, the libraries of the two.
        programs = [toolchain.llvm_cov, toolchain.llvm_profdata] + (getattr(toolchain, "llvm_lib", None) or [])
    return coverage_common.instrumented_files_info(
        ctx,
        dependency_attributes = ["module"],
        metadata_files = programs,
    )

def _impl(ctx):
    return wasm_component_impl(ctx) + [_instrumented_files(ctx)] + guest_crate_providers(modules_of(ctx)[0])

rust_module_component = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [
        WasmComponentInfo,
        rust_common.test_crate_info,
    ],
    toolchains = [
        COMPONENT_TOOLCHAIN,
        config_common.toolchain_type(RUST_TOOLCHAIN, mandatory = False),
    ],
)
