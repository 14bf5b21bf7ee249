"""rust_wasm_static_library: a relocatable object of Rust sources."""

load("@rules_rust//rust:defs.bzl", "rust_static_library")
load("//rules/private:rust_wasm_component.bzl", "OPTIMIZE_FLAGS")
load("//rules/private:rust_wit_bindgen.bzl", "WASM_ONLY", "rust_wit_bindgen")
load("//rules/private:wasm_static_library.bzl", "wasm_static_library")

def rust_wasm_static_library(
        name,
        srcs,
        wit,
        world,
        deps = [],
        edition = "2021",
        rustc_flags = [],
        optimize = "size",
        bindgen = {},
        tags = [],
        testonly = None,
        visibility = None,
        **kwargs):
    """A static library in Rust: `wasm_static_library` of a crate and its bindings.

    The sources are those of a component: what [`rust_wasm_component`](rust.md#rust_wasm_component) takes, this takes too.

    Args:
      name: string, the name of the target; `<name>.rel.wasm` is its output.
      srcs: list[label], the Rust sources; they reach the bindings as the crate `bindings`.
      wit: label, the `wit_library` that has the world.
      world: string, the world that the library implements.
      deps: list[label], Rust libraries.
      edition: string, the Rust edition.
      rustc_flags: list[string], further flags of rustc.
      optimize: string, `size`, `speed`, `none` or `auto` (as the command line says).
      bindgen: dict, options of `rust_wit_bindgen`.
      tags: list[string].
      testonly: bool.
      visibility: list[label].
      **kwargs: further attributes of `rust_static_library`.
    """
    inner = {
        "tags": tags + ["manual"],
        "target_compatible_with": WASM_ONLY,
        "testonly": testonly,
        "visibility": ["//visibility:private"],
    }
    rust_wit_bindgen(
        name = name + "_bindings",
        wit = wit,
        world = world,
        crate_name = "bindings",
        **({"runtime": "static"} | inner | bindgen)
    )
    rust_static_library(
        name = name + "_library",
        srcs = srcs,
        crate_name = (name + "_library").replace("-", "_").replace(".", "_"),
        deps = deps + [name + "_bindings"],
        edition = edition,
        rustc_flags = OPTIMIZE_FLAGS.get(optimize, []) + rustc_flags,
        **(inner | kwargs)
    )
    wasm_static_library(
        name = name,
        optimize = optimize,
        tags = tags,
        testonly = testonly,
        visibility = visibility,
        deps = [name + "_library"],
    )
