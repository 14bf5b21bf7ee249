"""rust_wit_bindgen: the bindings of a world as a Rust crate."""

load("@rules_rust//rust:defs.bzl", "rust_library")
load("//rules/private:rust_wit_bindgen_source.bzl", "rust_wit_bindgen_source")
load("//rules/private:wit_bindgen_runtime.bzl", "RUNTIMES")

# By Label: a module that uses these rules need not know the repository.
WASM_ONLY = [Label("@platforms//cpu:wasm32")]

def rust_wit_bindgen(
        name,
        wit,
        world,
        crate_name = None,
        ownership = "owning",
        additional_derives = [],
        with_ = {},
        generate = "all",
        skip = [],
        wit_features = [],
        std_feature = False,
        raw_strings = False,
        type_section_suffix = "",
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

    Args:
      name: string, the name of the target, and of `<name>.rs`, the target of the generated source.
      wit: label, the `wit_library` that has the world.
      world: string, the world: `name`, or `namespace:package/name@version`.
      crate_name: string, the crate's name in Rust; `name` if not given.
      ownership: string, how generated types own their data: `owning`, `borrowing`, `borrowing-duplicate-if-necessary`.
      additional_derives: list[string], traits that every generated type derives too.
      with_: dict[string, string], WIT interface or type -> Rust path that has it already, or `generate`.
        (Starlark reserves the word `with`.)
      generate: string, `all` or `listed`: whether what the world takes from other packages is generated without being named in `with`.
      skip: list[string], exported functions that get no bindings.
      wit_features: list[string], feature gates that are open.
      std_feature: bool, guard the use of `std` by a crate feature.
      raw_strings: bool, give strings as bytes.
      type_section_suffix: string, appended to the name of the section that describes the world.
      runtime: string or label, the crate `wit_bindgen` that the generated code calls: `official`, upstream's in the version of
        the generator; `embedded`, one without dependencies that comes with the rules; or a `rust_library` of your own, such as
        the one that your other crates use. A combination that was not seen to work fails before anything is built.
      deps: list[label], crates that the paths in `with` name.
      tags: list[string].
      target_compatible_with: list[label], by default WebAssembly, so that `bazel build //...` does not compile bindings for the machine.
      testonly: bool.
      visibility: list[label].
      **kwargs: further attributes of `rust_library`.
    """
    runtime = RUNTIMES.get(runtime, runtime)
    rust_wit_bindgen_source(
        name = name + "_source",
        wit = wit,
        world = world,
        ownership = ownership,
        additional_derives = additional_derives,
        with_ = with_,
        generate = generate,
        skip = skip,
        wit_features = wit_features,
        runtime = runtime,
        std_feature = std_feature,
        raw_strings = raw_strings,
        type_section_suffix = type_section_suffix,
        tags = tags,
        testonly = testonly,
        visibility = ["//visibility:private"],
    )
    rust_library(
        name = name,
        srcs = [name + "_source"],
        crate_name = crate_name or name,
        edition = "2021",
        deps = deps + [runtime],
        tags = tags,
        target_compatible_with = target_compatible_with,
        testonly = testonly,
        visibility = visibility,
        **kwargs
    )
