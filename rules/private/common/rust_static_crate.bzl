"""rust_static_crate: the crate of Rust code that is linked as an object."""

load("@rules_rust//rust:defs.bzl", "rust_static_library")
load("//rules/private/common:rust_guest.bzl", "OPTIMIZE_FLAGS", "WASM_ONLY", "crate_name")

def rust_static_crate(*, name, srcs, deps, edition, optimize, rustc_flags, attributes):
    """Declares a `rust_static_library` for WebAssembly.

    Args:
      name: string, the name of the target.
      srcs: list[label], the Rust sources.
      deps: list[label], Rust libraries.
      edition: string, the Rust edition.
      optimize: string, a key of OPTIMIZE_FLAGS, or `none` or `auto`.
      rustc_flags: list[string], further flags of rustc.
      attributes: dict[string, object], further attributes. They override the name of the crate.
    """
    rust_static_library(
        name = name,
        srcs = srcs,
        deps = deps,
        edition = edition,
        rustc_flags = OPTIMIZE_FLAGS.get(optimize, []) + rustc_flags,
        target_compatible_with = WASM_ONLY,
        **({"crate_name": crate_name(name)} | attributes)
    )
