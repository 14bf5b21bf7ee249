"""rust_wasm_component: a component written in Rust."""

load("@rules_rust//rust:defs.bzl", "rust_binary", "rust_shared_library")
load("//rules/private:rust_module_component.bzl", "rust_module_component")
load("//rules/private:rust_wit_bindgen.bzl", "rust_wit_bindgen")
load("//rules/private/common:guest_crate.bzl", "LINT_TAG")
load("//rules/private/common:labels.bzl", "error_text")
load("//rules/private/common:macro_args.bzl", "choice_error", "part_attributes", "split_common", "typo_error", "unsupported_error")
load("//rules/private/common:rust_guest.bzl", "COVERAGE", "NO_DWARF", "OPTIMIZE_FLAGS", "optimize_error", _crate_name = "crate_name")
load("//rules/private/common:world.bzl", "check_world")

_CRATE_RULES = {
    "bin": rust_binary,
    "cdylib": rust_shared_library,
}

# The arguments of the macro that are not attributes of the rules above.
_OWN_ARGUMENTS = ["bindings", "optimize", "wit", "wit_features", "world"]

_UNSUPPORTED = {
    "args": "set `args` of the `wasm_component_binary` or `wasm_component_test`",
    "bindgen": "declare a `rust_wit_bindgen` with these options and set `bindings`",
    "data": "set `data` of the `wasm_component_binary` or `wasm_component_test`; for `include_str!`, set `compile_data`",
    "env": "set `env` of the `wasm_component_binary` or `wasm_component_test`; for `env!`, set `rustc_env`",
}

def argument_error(*, name, optimize, crate_type, crate_name, kwargs):
    """Checks arguments of the macro `rust_wasm_component` that rules_rust would reject without naming the component.

    Args:
      name: string, the name of the target.
      optimize: value of `optimize`.
      crate_type: value of `crate_type`, or what it defaults to.
      crate_name: value of `crate_name`, or None.
      kwargs: dict[string, object], further arguments.

    Returns:
      string or None: the error, with a hint.
    """
    if crate_name == name:
        return ("`crate_name` cannot be the name of the target, as the core module and the component would be the same file\n" +
                "hint: choose another name, or omit `crate_name`")
    return (
        optimize_error(optimize) or
        choice_error("crate_type", crate_type, sorted(_CRATE_RULES), "declare a target for each crate type and an `alias` that selects one") or
        unsupported_error(kwargs, _UNSUPPORTED) or
        typo_error(kwargs, _OWN_ARGUMENTS)
    )

def rust_wasm_component(
        name,
        srcs,
        wit = None,
        world = None,
        wit_features = [],
        bindings = None,
        deps = [],
        crate_name = None,
        crate_root = None,
        crate_type = None,
        edition = "2021",
        optimize = "auto",
        platform = "wasip2",
        rustc_env_files = [],
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

    Outputs: `<name>.wasm`. Output groups: `module` (the core module), and those of the aspects for clippy, rustfmt and
    rust-analyzer of rules_rust ([rust-tooling.md](rust-tooling.md)).

    Args:
      name: string, the name of the target.
      srcs: list[label], the Rust sources.
      wit: label, the `wit_library` that declares the world.
      world: string, the world that the component implements: `name`, or `namespace:package/name@version`.
      wit_features: list[string], feature gates (`@unstable(feature = ...)`) to open in the world, besides those that its
        packages open.
      bindings: label, a `rust_wit_bindgen` with `crate_name = "bindings"`. Default: bindings of `wit` and `world`.
      deps: list[label], Rust libraries.
      crate_name: string, the name of the crate. Default: `<name>_module`, with `_` for each character that a Rust identifier
        cannot have.
      crate_root: label, the root source of the crate. Default: as in `rust_library`.
      crate_type: string, `cdylib`, or `bin` for a command, whose `main` becomes `wasi:cli/run`. Default: `bin` if the only
        source or the root is called `main.rs`, otherwise `cdylib`.
      edition: string, the Rust edition.
      optimize: string, `auto` (follows `--compilation_mode`), `none`, `speed` or `size`.
      platform: string, `wasip2` (the standard library uses WASI 0.2), or `unknown` (no imports besides those of the world).
      rustc_env_files: list[label], files with variables for rustc.
      rustc_flags: list[string], further flags of rustc. DWARF is removed unless `--compilation_mode` is `dbg`.
      tags: list[string].
      testonly: bool.
      visibility: list[label].
      **kwargs: further attributes of `rust_shared_library` or `rust_binary`, such as `crate_features`, `proc_macro_deps` and
        `link_deps`, and attributes that all rules have, such as `target_compatible_with`.
    """
    label = native.package_relative_label(name)
    check_world(label, wit = wit, world = world)
    if not crate_type:
        root = crate_root or (srcs[0] if type(srcs) == "list" and len(srcs) == 1 else "")
        crate_type = "bin" if str(root).split("/")[-1].split(":")[-1] == "main.rs" else "cdylib"
    error = argument_error(name = name, optimize = optimize, crate_type = crate_type, crate_name = crate_name, kwargs = kwargs)
    if error:
        fail(error_text(label, error))
    common = split_common(kwargs)

    # They are compatible with the host, for unit tests.
    part = part_attributes(common, tags = tags, testonly = testonly)
    if wit and not bindings:
        bindings = name + "_bindings"
        rust_wit_bindgen(
            name = bindings,
            wit = wit,
            wit_features = wit_features,
            world = world,
            crate_name = "bindings",
            target_compatible_with = [],
            **part
        )
    _CRATE_RULES[crate_type](
        name = name + "_module",
        srcs = srcs,
        # Not `<name>`: with path mapping, the module and the component would have the same path.
        crate_name = crate_name or _crate_name(name + "_module"),
        crate_root = crate_root,
        deps = deps + ([bindings] if bindings else []) + COVERAGE["deps"],
        edition = edition,
        rustc_env_files = rustc_env_files + COVERAGE["rustc_env_files"],
        rustc_flags = OPTIMIZE_FLAGS.get(optimize, []) + NO_DWARF + COVERAGE["rustc_flags"] + rustc_flags,
        **(part | common.rest)
    )
    rust_module_component(
        name = name,
        module = name + "_module",
        wit = wit,
        wit_features = wit_features,
        world = world,
        optimize = optimize,
        platform = platform,
        tags = tags + [LINT_TAG],
        testonly = testonly,
        visibility = visibility,
        **common.named
    )
