"""Rules for MoonBit: libraries, modules, components with their bindings, and hosts."""

load("//rules/private:moonbit_library.bzl", _moonbit_library = "moonbit_library")
load("//rules/private:moonbit_native_binary.bzl", _moonbit_native_binary = "moonbit_native_binary")
load("//rules/private:moonbit_wasm_component.bzl", _moonbit_wasm_component = "moonbit_wasm_component")
load("//rules/private:moonbit_wasm_module.bzl", _moonbit_wasm_module = "moonbit_wasm_module")
load("//rules/private:moonbit_wasmtime_library.bzl", _moonbit_wasmtime_library = "moonbit_wasmtime_library")
load("//rules/private:moonbit_wit_bindgen.bzl", _moonbit_wit_bindgen = "moonbit_wit_bindgen")

moonbit_library = _moonbit_library
moonbit_native_binary = _moonbit_native_binary
moonbit_wasm_component = _moonbit_wasm_component
moonbit_wasm_module = _moonbit_wasm_module
moonbit_wasmtime_library = _moonbit_wasmtime_library
moonbit_wit_bindgen = _moonbit_wit_bindgen
