"""Rules for components and hosts written in Rust."""

load("//rules/private:rust_wasm_component.bzl", _rust_wasm_component = "rust_wasm_component")
load("//rules/private:rust_wasm_component_unit_test.bzl", _rust_wasm_component_unit_test = "rust_wasm_component_unit_test")
load("//rules/private:rust_wasm_shared_library.bzl", _rust_wasm_shared_library = "rust_wasm_shared_library")
load("//rules/private:rust_wit_bindgen.bzl", _rust_wit_bindgen = "rust_wit_bindgen")
load("//rules/private:rust_wit_host_bindgen.bzl", _rust_wit_host_bindgen = "rust_wit_host_bindgen")

rust_wasm_component = _rust_wasm_component
rust_wasm_component_unit_test = _rust_wasm_component_unit_test
rust_wasm_shared_library = _rust_wasm_shared_library
rust_wit_bindgen = _rust_wit_bindgen
rust_wit_host_bindgen = _rust_wit_host_bindgen
