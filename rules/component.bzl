"""Rules for WebAssembly components, whatever language they are written in."""

load("//rules/private:wasm_component.bzl", _wasm_component = "wasm_component")
load("//rules/private:wasm_component_binary.bzl", _wasm_component_binary = "wasm_component_binary")
load("//rules/private:wasm_component_lower.bzl", _wasm_component_lower = "wasm_component_lower")
load("//rules/private:wasm_component_plug.bzl", _wasm_component_plug = "wasm_component_plug")
load("//rules/private:wasm_component_test.bzl", _wasm_component_test = "wasm_component_test")

wasm_component = _wasm_component
wasm_component_binary = _wasm_component_binary
wasm_component_lower = _wasm_component_lower
wasm_component_plug = _wasm_component_plug
wasm_component_test_rule = _wasm_component_test

def wasm_component_test(name, args = [], **kwargs):
    """Runs a component and compares what it returns or prints.

    Args:
      name: string.
      args: list[string], the arguments of the command, where the test runs one. (Bazel's own `args` of a test would be
        lost where the test's program is started by its path.)
      **kwargs: the attributes of [`wasm_component_test_rule`](#wasm_component_test_rule).
    """
    _wasm_component_test(name = name, command_args = args, **kwargs)
