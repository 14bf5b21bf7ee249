"""Rust bindings with a crate for each WIT package.

This file is separate from `rust.bzl` because it loads private files of rules_rust, whose API can change between versions.
"""

load("//rules/private:rust_wit_crates.bzl", _rust_wit_crates = "rust_wit_crates")

rust_wit_crates = _rust_wit_crates
