"""Rules for publishing components and WIT packages in OCI registries, and for their provenance."""

load("//rules/private:wasm_component_provenance.bzl", _wasm_component_provenance = "wasm_component_provenance")
load("//rules/private:wasm_component_push.bzl", _wasm_component_push = "wasm_component_push")
load("//rules/private:wit_push.bzl", _wit_push = "wit_push")

wasm_component_provenance = _wasm_component_provenance
wasm_component_push = _wasm_component_push
wit_push = _wit_push
