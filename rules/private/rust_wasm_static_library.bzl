"""rust_wasm_static_library: a relocatable object from Rust sources."""

load("//rules/private:rust_object_static_library.bzl", "rust_object_static_library")
load("//rules/private:rust_wit_bindgen.bzl", "rust_wit_bindgen")
load("//rules/private/common:guest_crate.bzl", "LINT_TAG")
load("//rules/private/common:labels.bzl", "error_text")
load("//rules/private/common:macro_args.bzl", "part_attributes", "split_common", "typo_error", "unsupported_error")
load("//rules/private/common:rust_guest.bzl", "optimize_error")
load("//rules/private/common:rust_static_crate.bzl", "rust_static_crate")
load("//rules/private/common:world.bzl", "check_world")

# The arguments of the macro that are not attributes of `rust_static_library`.
_OWN_ARGUMENTS = ["bindings", "optimize", "wit", "wit_features", "world"]

_UNSUPPORTED = {
    "bindgen": "declare a `rust_wit_bindgen` with these options and `runtime = \"static\"`, and set `bindings`",
    "data": "for `include_str!`, set `compile_data`",
}

def static_argument_error(*, optimize, kwargs):
    """Checks arguments of the macro `rust_wasm_static_library` that rules_rust would reject without naming the library.

    Args:
      optimize: value of `optimize`.
      kwargs: dict[string, object], further arguments.

    Returns:
      string or None: the error, with a hint.
    """
    return optimize_error(optimize) or unsupported_error(kwargs, _UNSUPPORTED) or typo_error(kwargs, _OWN_ARGUMENTS)

def rust_wasm_static_library(
        name,
        srcs,
        wit = None,
        world = None,
        wit_features = [],
        bindings = None,
        deps = [],
        edition = "2021",
        optimize = "size",
        rustc_flags = [],
        tags = [],
        testonly = None,
        visibility = None,
        **kwargs):
    """Makes a relocatable object from Rust sources: a [`wasm_static_library`](#wasm_static_library) of a crate and its bindings.

    ```starlark
    rust_wasm_static_library(
        name = "greeter_library",
        srcs = ["greeter.rs"],
        wit = ":greeter_wit",
        world = "greeter",
    )
    ```

    Sources of a [`rust_wasm_component`](rust.md#rust_wasm_component) work unchanged.

    Outputs: `<name>.rel.wasm`.

    Args:
      name: string, the name of the target.
      srcs: list[label], the Rust sources. They use the bindings as the crate `bindings`.
      wit: label, the `wit_library` that declares the world.
      world: string, the world that the library implements: `name`, or `namespace:package/name@version`.
      wit_features: list[string], feature gates (`@unstable(feature = ...)`) to open in the world, besides those that its
        packages open.
      bindings: label, a `rust_wit_bindgen` with `crate_name = "bindings"` and `runtime = "static"`, in place of `wit` and
        `world`.
      deps: list[label], Rust libraries.
      edition: string, the Rust edition.
      optimize: string, `size`, `speed`, `none` or `auto` (follows `--compilation_mode`).
      rustc_flags: list[string], further flags of rustc.
      tags: list[string].
      testonly: bool.
      visibility: list[label].
      **kwargs: further attributes of `rust_static_library`, and attributes that all rules have.
    """
    label = native.package_relative_label(name)
    check_world(label, wit = wit, world = world)
    if bool(bindings) == bool(wit):
        fail(error_text(label, "{}\nhint: set either `bindings`, or `wit` and `world`".format(
            "both `bindings` and `wit` are set" if wit else "neither `bindings` nor `wit` is set",
        )))
    error = static_argument_error(optimize = optimize, kwargs = kwargs)
    if error:
        fail(error_text(label, error))
    common = split_common(kwargs)

    part = part_attributes(common, tags = tags, testonly = testonly)
    if not bindings:
        bindings = name + "_bindings"
        rust_wit_bindgen(
            name = bindings,
            wit = wit,
            wit_features = wit_features,
            world = world,
            crate_name = "bindings",
            runtime = "static",
            **part
        )
    rust_static_crate(
        name = name + "_library",
        srcs = srcs,
        deps = deps + [bindings],
        edition = edition,
        optimize = optimize,
        rustc_flags = rustc_flags,
        attributes = part | common.rest,
    )
    rust_object_static_library(
        name = name,
        optimize = optimize,
        tags = tags + [LINT_TAG],
        testonly = testonly,
        visibility = visibility,
        deps = [name + "_library"],
        **common.named
    )
