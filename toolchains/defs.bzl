"""Rules for modules that replace the tools of rules_wit."""

load("//toolchains/cc:wasi_sdk.bzl", _wasi_sdk = "wasi_sdk")
load("//toolchains/private:moonbit_compiler.bzl", _moonbit_compiler = "moonbit_compiler")
load("//toolchains/private:moonbit_toolchain.bzl", _moonbit_toolchain = "moonbit_toolchain")
load("//toolchains/private:tool_toolchain.bzl", _tool_toolchain = "tool_toolchain")

moonbit_compiler = _moonbit_compiler
moonbit_toolchain = _moonbit_toolchain
tool_toolchain = _tool_toolchain
wasi_sdk = _wasi_sdk
