"""rust_wasm_component: a component written in Rust."""

load("@rules_rust//rust:defs.bzl", "rust_binary", "rust_shared_library")
load("//rules/private:rust_wit_bindgen.bzl", "rust_wit_bindgen")
load("//rules/private:wasm_component.bzl", "wasm_component")
load("//rules/private/common:rust_guest.bzl", "NO_DWARF", "OPTIMIZE_FLAGS", "WASM_ONLY", _crate_name = "crate_name")
load("//rules/private/common:world.bzl", "check_world")

def rust_wasm_component(
        name,
        srcs,
        wit = None,
        world = None,
        wit_features = [],
        bindings = None,
        deps = [],
        crate_root = None,
        crate_type = None,
        edition = "2021",
        optimize = "auto",
        platform = "wasip2",
        rustc_flags = [],
        tags = [],
        testonly = None,
        visibility = None,
        **kwargs):
    """Makes a component from Rust sources.

    ```starlark
    rust_wasm_component(
        name = "greeter",
        srcs = ["greeter.rs"],
        wit = ":greeter_wit",
        world = "greeter",
    )
    ```

    The sources use the bindings of the world as the crate `bindings`:

    ```rust
    use bindings::exports::example::greeter::greetings::Guest;

    struct Greeter;

    impl Guest for Greeter {
        fn greet(name: String) -> String {
            format!("Hello, {name}!")
        }
    }

    bindings::export!(Greeter with_types_in bindings);
    ```

    The component is checked against the world. The rule generates bindings with default options; for others, or to share
    bindings, set `bindings` to a [`rust_wit_bindgen`](#rust_wit_bindgen). A command with a `main` needs no world.

    Outputs: `<name>.wasm`. Output groups: `module` (the core module).

    Args:
      name: string, the name of the target.
      srcs: list[label], the Rust sources.
      wit: label, the `wit_library` that declares the world.
      world: string, the world that the component implements: `name`, or `namespace:package/name@version`.
      wit_features: list[string], feature gates (`@unstable(feature = ...)`) to open in the world, besides those that its
        packages open.
      bindings: label, a `rust_wit_bindgen` with `crate_name = "bindings"`. Default: bindings of `wit` and `world`.
      deps: list[label], Rust libraries.
      crate_root: label, the root source of the crate. Default: as in `rust_library`.
      crate_type: string, `cdylib`, or `bin` for a command, whose `main` becomes `wasi:cli/run`. Default: `bin` if the only
        source or the root is called `main.rs`, otherwise `cdylib`.
      edition: string, the Rust edition.
      optimize: string, `auto` (follows `--compilation_mode`), `none`, `speed` or `size`.
      platform: string, `wasip2` (the standard library uses WASI 0.2), or `unknown` (no imports besides those of the world).
      rustc_flags: list[string], further flags of rustc. DWARF is removed unless `--compilation_mode` is `dbg`.
      tags: list[string].
      testonly: bool.
      visibility: list[label].
      **kwargs: further attributes of `rust_shared_library` or `rust_binary`, such as `crate_features` and `proc_macro_deps`.
    """
    check_world(native.package_relative_label(name), wit = wit, world = world)

    # The component builds its parts for WebAssembly; `//...` must not build them for the host.
    part = {
        "tags": tags + ["manual"],
        "testonly": testonly,
        "visibility": ["//visibility:private"],
    }
    if wit and not bindings:
        bindings = name + "_bindings"
        rust_wit_bindgen(
            name = bindings,
            wit = wit,
            wit_features = wit_features,
            world = world,
            crate_name = "bindings",
            **part
        )
    if not crate_type:
        root = crate_root or (srcs[0] if type(srcs) == "list" and len(srcs) == 1 else "")
        crate_type = "bin" if str(root).split("/")[-1].split(":")[-1] == "main.rs" else "cdylib"
    rust_crate = {"bin": rust_binary, "cdylib": rust_shared_library}[crate_type]
    rust_crate(
        name = name + "_module",
        srcs = srcs,
        # Not `<name>`: with path mapping, the module and the component would have the same path.
        crate_name = _crate_name(name + "_module"),
        crate_root = crate_root,
        deps = deps + ([bindings] if bindings else []),
        edition = edition,
        rustc_flags = OPTIMIZE_FLAGS.get(optimize, []) + NO_DWARF + rustc_flags,
        target_compatible_with = WASM_ONLY,
        **(part | kwargs)
    )
    wasm_component(
        name = name,
        module = name + "_module",
        wit = wit,
        wit_features = wit_features,
        world = world,
        optimize = optimize,
        platform = platform,
        tags = tags,
        testonly = testonly,
        visibility = visibility,
    )
