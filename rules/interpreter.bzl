"""Rules for components written in interpreted languages."""

load("//rules/private:interpreted_component.bzl", _interpreted_component = "interpreted_component")
load("//rules/private:wasm_interpreter.bzl", _wasm_interpreter = "wasm_interpreter")
load("//rules/private:wit_dylib.bzl", _wit_dylib = "wit_dylib")

interpreted_component = _interpreted_component
wasm_interpreter = _wasm_interpreter
wit_dylib = _wit_dylib
