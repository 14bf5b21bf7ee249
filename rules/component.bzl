"""Rules for WebAssembly components in any language."""

load("//rules/private:wasm_component.bzl", _wasm_component = "wasm_component")
load("//rules/private:wasm_component_binary.bzl", _wasm_component_binary = "wasm_component_binary")
load("//rules/private:wasm_component_compose.bzl", _wasm_component_compose = "wasm_component_compose")
load("//rules/private:wasm_component_import.bzl", _wasm_component_import = "wasm_component_import")
load("//rules/private:wasm_component_lower.bzl", _wasm_component_lower = "wasm_component_lower")
load("//rules/private:wasm_component_plug.bzl", _wasm_component_plug = "wasm_component_plug")
load("//rules/private:wasm_component_precompile.bzl", _wasm_component_precompile = "wasm_component_precompile")
load("//rules/private:wasm_component_preinit.bzl", _wasm_component_preinit = "wasm_component_preinit")
load("//rules/private:wasm_component_targets_test.bzl", _wasm_component_targets_test = "wasm_component_targets_test")
load("//rules/private:wasm_component_test.bzl", _wasm_component_test = "wasm_component_test")

wasm_component = _wasm_component
wasm_component_binary = _wasm_component_binary
wasm_component_compose = _wasm_component_compose
wasm_component_import = _wasm_component_import
wasm_component_lower = _wasm_component_lower
wasm_component_plug = _wasm_component_plug
wasm_component_precompile = _wasm_component_precompile
wasm_component_preinit = _wasm_component_preinit
wasm_component_targets_test = _wasm_component_targets_test
wasm_component_test = _wasm_component_test
