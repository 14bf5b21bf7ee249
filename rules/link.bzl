"""Rules for linking static libraries into one core module."""

load("//rules/private:rust_wasm_static_library.bzl", _rust_wasm_static_library = "rust_wasm_static_library")
load("//rules/private:wasm_static_library.bzl", _wasm_static_library = "wasm_static_library")
load("//rules/private:wasm_static_link.bzl", _wasm_static_link = "wasm_static_link")

rust_wasm_static_library = _rust_wasm_static_library
wasm_static_library = _wasm_static_library
wasm_static_link = _wasm_static_link
