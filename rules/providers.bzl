"""Public providers."""

load("//rules/private/providers:wasm_component_info.bzl", _WasmComponentInfo = "WasmComponentInfo")
load("//rules/private/providers:wasm_interpreter_info.bzl", _WasmInterpreterInfo = "WasmInterpreterInfo")
load("//rules/private/providers:wasm_module_info.bzl", _WasmModuleInfo = "WasmModuleInfo")
load("//rules/private/providers:wasm_shared_library_info.bzl", _WasmSharedLibraryInfo = "WasmSharedLibraryInfo")
load("//rules/private/providers:wasm_static_library_info.bzl", _WasmStaticLibraryInfo = "WasmStaticLibraryInfo")
load("//rules/private/providers:wit_dylib_info.bzl", _WitDylibInfo = "WitDylibInfo")
load("//rules/private/providers:wit_info.bzl", _WitInfo = "WitInfo")

WasmComponentInfo = _WasmComponentInfo
WasmInterpreterInfo = _WasmInterpreterInfo
WasmModuleInfo = _WasmModuleInfo
WasmSharedLibraryInfo = _WasmSharedLibraryInfo
WasmStaticLibraryInfo = _WasmStaticLibraryInfo
WitDylibInfo = _WitDylibInfo
WitInfo = _WitInfo
