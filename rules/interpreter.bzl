"""Rules for components written in interpreted languages."""

load("//rules/private:interpreted_component.bzl", _interpreted_component = "interpreted_component")
load("//rules/private:js_wit_types.bzl", _js_wit_types = "js_wit_types")
load("//rules/private:wasm_component_link.bzl", _wasm_component_link = "wasm_component_link")
load("//rules/private:wasm_interpreter.bzl", _wasm_interpreter = "wasm_interpreter")
load("//rules/private:wasm_shared_library.bzl", _wasm_shared_library = "wasm_shared_library")
load("//rules/private:wit_dylib.bzl", _wit_dylib = "wit_dylib")
load("//rules/private/common:wit_dylib_exports.bzl", _WIT_DYLIB_EXPORTS = "WIT_DYLIB_EXPORTS")

# For `exports` of a `rust_wasm_shared_library` that is an interpreter.
WIT_DYLIB_EXPORTS = _WIT_DYLIB_EXPORTS

interpreted_component = _interpreted_component
js_wit_types = _js_wit_types
wasm_component_link = _wasm_component_link
wasm_interpreter = _wasm_interpreter
wasm_shared_library = _wasm_shared_library
wit_dylib = _wit_dylib
