"""What the rules of this set tell each other."""

load("//rules/private/providers:wasm_component_info.bzl", _WasmComponentInfo = "WasmComponentInfo")
load("//rules/private/providers:wit_info.bzl", _WitInfo = "WitInfo")

WasmComponentInfo = _WasmComponentInfo
WitInfo = _WitInfo
