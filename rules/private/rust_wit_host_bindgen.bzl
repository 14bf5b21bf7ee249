"""rust_wit_host_bindgen: Rust bindings for programs that run components of a world."""

load("@rules_rust//rust:defs.bzl", "rust_library")
load("//rules/private:rust_wit_host_bindgen_source.bzl", "OPTION_ATTRS", "rust_wit_host_bindgen_source")
load("//rules/private/common:labels.bzl", "error_text")
load("//rules/private/common:macro_args.bzl", "split_common", "typo_error")
load("//rules/private/common:rust_guest.bzl", _crate_name = "crate_name")

# Our build of the engine, the runner's.
_WASMTIME = Label("//rules/runtime/host:wasmtime")

def rust_wit_host_bindgen(
        name,
        wit,
        world,
        crate_name = None,
        wasmtime = _WASMTIME,
        deps = [],
        tags = [],
        testonly = None,
        visibility = None,
        **kwargs):
    """Generates Rust bindings for programs that run components of a world, as a crate.

    ```starlark
    rust_wit_host_bindgen(
        name = "plugin_host",
        wasmtime = "@crates//:wasmtime",
        wit = "//wit:plugin",
        world = "plugin",
    )

    rust_binary(
        name = "host",
        srcs = ["host.rs"],
        data = [":plugin"],    # a component
        deps = [
            ":plugin_host",
            "@crates//:wasmtime",
        ],
    )
    ```

    The code is what `wasmtime::component::bindgen!` expands to, with Wasmtime's generator, so its
    [documentation](https://docs.rs/wasmtime/latest/wasmtime/component/macro.bindgen.html) applies. It is a file that rustc and
    rust-analyzer can read, made from the same `wit_library` as the component, and the documentation of each generated type
    and function names its location in the WIT sources.

    Options of the generator are further arguments:

    - `additional_derives`: list[string], traits that every generated type derives as well, such as `PartialEq`
    - `anyhow`: bool, use `anyhow::Result` in place of `wasmtime::Result` for imports
    - `component_type`: bool, add the constant `COMPONENT_TYPE`, the encoded world
    - `exports`: dict[string, list[string]], `default` or an exported function -> some of the flags `async`, `tracing`,
      `verbose_tracing`, `store` and `exact`
    - `imports`: dict[string, list[string]], the same for imported functions, and the flag `trappable`
    - `ownership`: string, how types in parameters of exports own their data: `owning`, `borrowing` or
      `borrowing-duplicate-if-necessary`
    - `require_store_data_send`: bool, require that the data of a store is `Send`
    - `trappable_errors`: dict[string, string], WIT error type, `namespace:package/interface@version.type` -> the Rust type that
      replaces it in results of imports
    - `wit_features`: list[string], feature gates (`@unstable(feature = ...)`) to open, besides those that the packages open
    - `with_`: dict[string, string], WIT interface or type -> Rust path of existing bindings

    Functions with the flag `tracing` need the crate `tracing` in `deps`.

    Args:
      name: string, the name of the target. `<name>_source` is the generated source.
      wit: label, the `wit_library` that declares the world.
      world: string, the world: `name`, or `namespace:package/name@version`.
      crate_name: string, the name of the crate. Default: `name`, with `_` for each character that a Rust identifier cannot have.
      wasmtime: label, the crate `wasmtime` that the generated code calls, the same as that of the program. It must have the
        major version of `wasmtime` in TOOL_VERSIONS. Default: the one that the runner links, which is compiled if the
        bindings are.
      deps: list[label], crates that the paths in `with_` and `trappable_errors` name.
      tags: list[string].
      testonly: bool.
      visibility: list[label].
      **kwargs: options of the generator, and further attributes of `rust_library`.
    """
    own = OPTION_ATTRS.keys() + ["wit_features"]
    options = {key: value for key, value in kwargs.items() if key in own}
    rust_library_kwargs = {key: value for key, value in kwargs.items() if key not in own}
    error = typo_error(rust_library_kwargs, own + ["wasmtime", "wit", "world"])
    if error:
        fail(error_text(native.package_relative_label(name), error))
    common = split_common(rust_library_kwargs)
    rust_wit_host_bindgen_source(
        name = name + "_source",
        wasmtime = wasmtime,
        wit = wit,
        world = world,
        tags = tags,
        testonly = testonly,
        visibility = ["//visibility:private"],
        **(options | common.parts)
    )
    rust_library(
        name = name,
        srcs = [name + "_source"],
        crate_name = crate_name or _crate_name(name),
        edition = "2021",
        # Some parameters are not used, and macros have documentation.
        rustc_flags = ["-Aunused"] + rust_library_kwargs.pop("rustc_flags", []),
        deps = deps + [wasmtime],
        tags = tags,
        testonly = testonly,
        visibility = visibility,
        **rust_library_kwargs
    )
