"""rust_wit_bindgen: the bindings of a world as a Rust crate."""

load("@rules_rust//rust:defs.bzl", "rust_library")
load("//rules/private:rust_wit_bindgen_source.bzl", "rust_wit_bindgen_source")
load("//rules/private/common:labels.bzl", "error_text")
load("//rules/private/common:macro_args.bzl", "split_common", "typo_error", "unsupported_error")
load("//rules/private/common:rust_bindgen_options.bzl", "OPTION_ATTRS", "WORLD_OPTION_ATTRS", "split_options")
load("//rules/private/common:rust_guest.bzl", "WASM_ONLY", _crate_name = "crate_name")
load("//rules/private/common:wit_bindgen_runtime.bzl", "RUNTIMES")

# The arguments of the macro that are not attributes of `rust_library`.
_OWN_ARGUMENTS = OPTION_ATTRS.keys() + WORLD_OPTION_ATTRS.keys() + ["crates", "generate", "runtime", "wit", "world"]

_UNSUPPORTED = {
    "edition": "remove it, as bindings are generated for one edition, and crates of others can use them",
    "srcs": "put the sources in a `rust_library` that depends on this target",
}

def bindgen_argument_error(kwargs):
    """Checks arguments of the macro `rust_wit_bindgen` that rules_rust would reject without naming what is wrong.

    Args:
      kwargs: dict[string, object], arguments for `rust_library`.

    Returns:
      string or None: the error, with a hint.
    """
    return unsupported_error(kwargs, _UNSUPPORTED) or typo_error(kwargs, _OWN_ARGUMENTS)

def rust_wit_bindgen(
        name,
        wit,
        world,
        crate_name = None,
        crates = None,
        generate = "all",
        runtime = "official",
        deps = [],
        tags = [],
        target_compatible_with = WASM_ONLY,
        testonly = None,
        visibility = None,
        **kwargs):
    """Generates the Rust bindings of a world, as a crate.

    `rust_wasm_component` and `rust_wasm_static_library` generate bindings themselves. Use this rule to share the bindings
    of a world between several targets, or to set options of the generator:

    ```starlark
    rust_wit_bindgen(
        name = "plugin_bindings",
        additional_derives = ["PartialEq"],
        crate_name = "bindings",
        wit = "//wit:plugin",
        world = "plugin",
    )

    rust_wasm_component(
        name = "plugin",
        srcs = ["plugin.rs"],
        bindings = ":plugin_bindings",
        wit = "//wit:plugin",
        world = "plugin",
    )
    ```

    The documentation of each generated item names its location in the WIT sources.

    By default this crate contains all types that the world uses. With `crates`, the types of other packages come from
    crates that all worlds share, and this crate contains the exports of the world. After an edit of a package, only its
    crate and the crate's dependents are rebuilt. This crate re-exports the modules of the others, so guest code is the
    same in both cases. [rust-bindings.md](rust-bindings.md) compares the two.

    Options of the generator are further arguments:

    - `additional_derives`: list[string], traits that every generated type derives as well, such as `PartialEq` or `Clone`
    - `additional_derive_ignore`: list[string], types, by their WIT names, that do not derive these
    - `additional_type_attributes`: dict[string, string], WIT type (`namespace:package/interface/type@version`) -> Rust attribute
    - `additional_member_attributes`: dict[string, string], WIT type, `.` and field or case -> Rust attribute
    - `bitflags_path`: string, the Rust path of `bitflags`
    - `chainable_methods`: list[string], methods without a result that return the resource instead: `all`, or
      `namespace:package/interface#resource.method`, with wit-bindgen's prefixes `-` and `&`
    - `disable_custom_section`: bool, omit the function that makes a linker keep the custom section of the world
    - `disable_run_ctors_once_workaround`: bool, do not limit constructors of a C library to one run
    - `export_macro_name`: string, the name of the macro, by default `export`
    - `export_prefix`: string, a prefix of the names of all exported functions, for tests
    - `map_type`: string, the Rust type of WIT's `map`
    - `merge_structurally_equal_types`: bool, generate one Rust type for WIT types with the same structure
    - `ownership`: string, how generated types own their data: `owning`, `borrowing` or `borrowing-duplicate-if-necessary`;
      `crates` requires `owning`
    - `raw_strings`: bool, represent strings as bytes without checking that they are UTF-8
    - `skip`: list[string], functions to generate no bindings for
    - `std_feature`: bool, use `std` only if the crate feature `std` is enabled
    - `stubs`: bool, generate implementations of all exports, which panic
    - `sync`: list[string], `async` functions to bind synchronously: `all`, `namespace:package/interface#function`, or one with
      `import:` or `export:` before it
    - `type_section_suffix`: string, a suffix of the name of the custom section that describes the world
    - `wit_features`: list[string], feature gates (`@unstable(feature = ...)`) to open, besides those that the packages open
    - `with_`: dict[string, string], WIT interface or type -> Rust path of existing bindings, or `generate`

    With `crates`, set options that affect shared types, and `runtime`, on the `rust_wit_crates` as well.

    Args:
      name: string, the name of the target. `<name>_source` is the generated source; its output group `tree` is a directory
        with a file for each module.
      wit: label, the `wit_library` that declares the world.
      world: string, the world: `name`, or `namespace:package/name@version`.
      crate_name: string, the name of the crate. Default: `name`, with `_` for each character that a Rust identifier cannot have.
      crates: label, a [`rust_wit_crates`](rust_crates.md#rust_wit_crates) whose types are used.
      generate: string, `all`: generate all interfaces that the world uses; `listed`: of other packages, only those in `with_`.
      runtime: string or label, the crate `wit_bindgen` that the generated code calls. `official`: upstream's, in the version
        of the generator. `embedded`: one without dependencies and async support, which comes with these rules. `static`: the same, for
        `wasm_static_library`. A label: another `rust_library`, such as the one that your other crates use. Versions that
        are not known to work together are an error during analysis.
      deps: list[label], crates that the paths in `with_` name.
      tags: list[string].
      target_compatible_with: list[label], by default WebAssembly, so that `bazel build //...` does not compile bindings for
        the host.
      testonly: bool.
      visibility: list[label].
      **kwargs: options of the generator, and further attributes of `rust_library`.
    """
    options, rust_library_kwargs = split_options(kwargs)
    error = bindgen_argument_error(rust_library_kwargs)
    if error:
        fail(error_text(native.package_relative_label(name), error))
    common = split_common(rust_library_kwargs)
    if type(runtime) == "string":
        runtime = RUNTIMES.get(runtime, runtime)
    crate_name = crate_name or _crate_name(name)
    rust_wit_bindgen_source(
        name = name + "_source",
        wit = wit,
        world = world,
        crate_name = crate_name,
        crates = crates,
        generate = generate,
        runtime = runtime,
        tags = tags,
        testonly = testonly,
        visibility = ["//visibility:private"],
        **(options | common.parts)
    )
    rust_library(
        name = name,
        srcs = [name + "_source"],
        crate_name = crate_name,
        edition = "2021",
        deps = deps + [runtime] + ([crates] if crates else []),
        tags = tags,
        target_compatible_with = target_compatible_with,
        testonly = testonly,
        visibility = visibility,
        **rust_library_kwargs
    )
