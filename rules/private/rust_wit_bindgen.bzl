"""rust_wit_bindgen: the bindings of a world as a Rust crate."""

load("@rules_rust//rust:defs.bzl", "rust_library")
load("//rules/private/common:rust_bindgen.bzl", "crate_options", "world_options")
load("//rules/private:rust_wit_bindgen_source.bzl", "rust_wit_bindgen_source")
load("//rules/private:rust_wit_crates.bzl", "rust_wit_crates")
load("//rules/private/common:wit_bindgen_runtime.bzl", "RUNTIMES")

# By Label: a module that uses these rules need not know the repository.
WASM_ONLY = [Label("@platforms//cpu:wasm32")]

def rust_wit_bindgen(
        name,
        wit,
        world,
        crate_name = None,
        split = "world",
        generate = "all",
        runtime = "official",
        deps = [],
        tags = [],
        target_compatible_with = WASM_ONLY,
        testonly = None,
        visibility = None,
        **kwargs):
    """The Rust bindings of a world, as a crate of their own for those who want to share it.

    `rust_wasm_component` makes its bindings itself; this is for several components with one world, and for options.
    Each generated item tells in its documentation where in the WIT sources it is declared.

    With `split = "package"` there is a crate for each WIT package, which all worlds share that need no options of their
    own, and the crate of the world has what it exports. An edit of one package then generates and compiles its crate and
    those of its users. What sources say does not differ: the crate of the world gives on what is in the others.

    Args:
      name: string, the name of the target, and of `<name>.rs`, the target of the generated source.
      wit: label, the `wit_library` that has the world.
      world: string, the world: `name`, or `namespace:package/name@version`.
      crate_name: string, the crate's name in Rust; `name` if not given.
      split: string, `world`: one crate has all; `package`: each WIT package has a crate (see `rust_wit_crates`).
      generate: string, `all` or `listed`: whether what the world takes from other packages is generated without being named in `with`.
      runtime: string or label, the crate `wit_bindgen` that the generated code calls: `official`, upstream's in the version of
        the generator; `embedded`, one without dependencies that comes with the rules; `static`, the same for `wasm_static_library`; or a `rust_library` of your own, such as
        the one that your other crates use. A combination that was not seen to work fails before anything is built.
      deps: list[label], crates that the paths in `with` name.
      tags: list[string].
      target_compatible_with: list[label], by default WebAssembly, so that `bazel build //...` does not compile bindings for the machine.
      testonly: bool.
      visibility: list[label].
      **kwargs: options of the generator, and further attributes of `rust_library`. The options are: `ownership` (string:
        `owning`, `borrowing`, `borrowing-duplicate-if-necessary`: how generated types own their data; by package, `owning`), `additional_derives`
        (list: traits that every generated type derives too) and `additional_derive_ignore` (list: types that do not),
        `additional_type_attributes` and `additional_member_attributes` (dict: WIT name -> Rust attribute), `with_` (dict: WIT
        interface or type -> Rust path that has it already, or `generate`; Starlark reserves the word `with`), `skip` (list:
        functions that get no bindings), `wit_features` (list: feature gates that are open besides those of the packages),
        `async_` (list: what is async), `std_feature` (bool), `raw_strings` (bool), `map_type` and `bitflags_path` (Rust paths),
        `merge_structurally_equal_types` (bool), `chainable_methods` (list), `disable_run_ctors_once_workaround` (bool); for the
        crate of the world alone `type_section_suffix`, `export_macro_name` and `export_prefix` (strings),
        `disable_custom_section` and `stubs` (bool). docs/rust-bindings.md compares them with the generator's own.
    """
    runtime = RUNTIMES.get(runtime, runtime)
    if split not in ("package", "world"):
        fail("error: {}: `split` is `package` or `world`, not `{}`".format(name, split))
    if split == "package" and generate != "all":
        fail("error: {}: with `split = \"package\"` every package has a crate, so `generate = \"{}\"` leaves nothing out\nhint: leave out `generate`".format(name, generate))
    options = crate_options(kwargs)
    inner = {
        "tags": tags,
        "testonly": testonly,
        "visibility": ["//visibility:private"],
    }
    crates = None
    if split == "package":
        crates = name + "_crates"
        rust_wit_crates(
            name = crates,
            wit = wit,
            runtime = runtime,
            target_compatible_with = target_compatible_with,
            deps = deps,
            **(inner | options)
        )
    rust_wit_bindgen_source(
        name = name + "_source",
        wit = wit,
        world = world,
        crates = crates,
        generate = generate,
        runtime = runtime,
        **(inner | options | world_options(kwargs))
    )
    rust_library(
        name = name,
        srcs = [name + "_source"],
        crate_name = crate_name or name,
        edition = "2021",
        deps = deps + [runtime] + ([crates] if crates else []),
        tags = tags,
        target_compatible_with = target_compatible_with,
        testonly = testonly,
        visibility = visibility,
        **{key: value for key, value in kwargs.items() if key not in options and key not in world_options(kwargs)}
    )
