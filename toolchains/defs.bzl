"""Rules for modules that replace the tools of rules_wit."""

load("//toolchains/private:tool_toolchain.bzl", _tool_toolchain = "tool_toolchain")

tool_toolchain = _tool_toolchain
