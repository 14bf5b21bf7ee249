"""What a module needs that brings tools of its own."""

load("//toolchains/private:tool_toolchain.bzl", _tool_toolchain = "tool_toolchain")

tool_toolchain = _tool_toolchain
