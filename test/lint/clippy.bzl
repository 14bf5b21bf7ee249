"""Clippy on Rust crates."""

load("@rules_rust//rust:defs.bzl", "rust_clippy_aspect", "rust_common")

DOC = """Runs Clippy on crates in the configuration of build tools, so that their dependencies are not compiled again.

Clippy's default lints are errors. `cargo clippy` also knows the lints in tools/Cargo.toml.
"""

ATTRS = {
    "crates": attr.label_list(
        doc = "list[label], Rust programs and libraries.",
        aspects = [rust_clippy_aspect],
        cfg = "exec",
        mandatory = True,
        providers = [[rust_common.crate_info]],
    ),
}

def _impl(ctx):
    return DefaultInfo(files = depset(transitive = [
        crate[OutputGroupInfo].clippy_checks
        for crate in ctx.attr.crates
    ]))

clippy = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
)
