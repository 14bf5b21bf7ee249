"""The module extensions of rules_wit, for `MODULE.bazel`."""

load("//toolchains/private:extension.bzl", _rules_wit = "rules_wit")
load("//toolchains/private:wasm_component_pull.bzl", _wasm_component_pull = "wasm_component_pull")

rules_wit = _rules_wit
wasm_component_pull = _wasm_component_pull
