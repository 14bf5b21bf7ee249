"""rust_wasm_component: a component written in Rust."""

load("@rules_rust//rust:defs.bzl", "rust_binary", "rust_shared_library")
load("//rules/private:rust_wit_bindgen.bzl", "WASM_ONLY", "rust_wit_bindgen")
load("//rules/private:wasm_component.bzl", "wasm_component")

OPTIMIZE_FLAGS = {
    # Fat LTO drops what the guest does not use of the standard library as well.
    "size": ["-Copt-level=s", "-Clto=fat", "-Ccodegen-units=1"],
    "speed": ["-Copt-level=3", "-Clto=fat", "-Ccodegen-units=1"],
}

# The standard library's DWARF is most of a small guest; linking it takes longer than compiling the guest. Names stay.
_NO_DWARF = select({
    Label("//rules/private:dbg"): [],
    "//conditions:default": ["-Cstrip=debuginfo"],
})

def rust_wasm_component(
        name,
        srcs,
        wit = None,
        world = None,
        deps = [],
        bindings = None,
        crate_features = [],
        crate_root = None,
        edition = "2021",
        rustc_flags = [],
        optimize = "auto",
        platform = "wasip2",
        crate_type = None,
        bindgen = {},
        proc_macro_deps = [],
        tags = [],
        testonly = None,
        visibility = None,
        **kwargs):
    """A component written in Rust.

    With `wit` and `world` it makes its bindings itself; the sources reach them as the crate `bindings`:

    ```rust
    use bindings::exports::example::greeter::greet::Guest;

    struct Greeter;

    impl Guest for Greeter {
        fn greet(name: String) -> String {
            format!("Hello, {name}!")
        }
    }

    bindings::export!(Greeter with_types_in bindings);
    ```

    Args:
      name: string, the name of the component's target; `<name>.wasm` is its output.
      srcs: list[label], the Rust sources.
      wit: label, the `wit_library` that has the world.
      world: string, the world that the component implements.
      deps: list[label], Rust libraries.
      bindings: label, a `rust_wit_bindgen` with `crate_name = "bindings"` that is used in place of bindings of its own.
      crate_features: list[string], features of the crate.
      crate_root: label, the crate's root source; found as `rust_library` does if not given.
      edition: string, the Rust edition.
      rustc_flags: list[string], further flags of rustc. DWARF is kept with `-c dbg` only.
      optimize: string, `auto` (as the command line says), `none`, `speed` or `size`.
      platform: string, `wasip2`, or `unknown` for a component that imports nothing but what its world says.
      crate_type: string, `cdylib`, or `bin` for a `main` that becomes `wasi:cli/run`; `bin` is the default where the
        one source or the root is called `main.rs`.
      bindgen: dict, options of `rust_wit_bindgen` for the bindings made here.
      proc_macro_deps: list[label], procedural macros.
      tags: list[string].
      testonly: bool.
      visibility: list[label].
      **kwargs: further attributes of `rust_shared_library` or `rust_binary`.
    """
    if bool(wit) != bool(world):
        fail("error: {}: `wit` and `world` go together\nhint: set both, or neither".format(name))

    # The parts are reached through the component only, which builds them for WebAssembly.
    inner_tags = tags + ["manual"]
    inner = {
        "testonly": testonly,
        "visibility": ["//visibility:private"],
    }
    if wit and not bindings:
        bindings = name + "_bindings"
        rust_wit_bindgen(
            name = bindings,
            wit = wit,
            world = world,
            crate_name = "bindings",
            tags = inner_tags,
            **(inner | bindgen)
        )
    if not crate_type:
        root = crate_root or (srcs[0] if type(srcs) == "list" and len(srcs) == 1 else "")
        crate_type = "bin" if str(root).split("/")[-1].split(":")[-1] == "main.rs" else "cdylib"
    rust_crate = {"bin": rust_binary, "cdylib": rust_shared_library}[crate_type]
    rust_crate(
        name = name + "_module",
        srcs = srcs,
        # Not the component's own name: with paths mapped, module and component would be one file.
        crate_name = (name + "_module").replace("-", "_").replace(".", "_"),
        crate_features = crate_features,
        crate_root = crate_root,
        deps = deps + ([bindings] if bindings else []),
        edition = edition,
        proc_macro_deps = proc_macro_deps,
        rustc_flags = OPTIMIZE_FLAGS.get(optimize, []) + _NO_DWARF + rustc_flags,
        tags = inner_tags,
        target_compatible_with = WASM_ONLY,
        **(inner | kwargs)
    )
    wasm_component(
        name = name,
        module = name + "_module",
        wit = wit,
        wit_features = bindgen.get("wit_features", []),
        world = world,
        optimize = optimize,
        platform = platform,
        tags = tags,
        testonly = testonly,
        visibility = visibility,
    )
