"""A guest on crates of bindings for each package."""

load("//rules:rust.bzl", "rust_wasm_component", "rust_wit_bindgen")
load("//rules:rust_crates.bzl", "rust_wit_crates")

def split_guest(name, wit, world, options = {}, wit_features = [], **kwargs):
    """Declares a component, the bindings of its world, and the crates of its packages.

    Args:
      name: string, the name of the component. `<name>_bindings` and `<name>_crates` are the others.
      wit: label, the `wit_library` that declares the world.
      world: string.
      options: dict[string, object], options of the bindings and of the crates.
      wit_features: list[string], feature gates to open.
      **kwargs: further attributes of `rust_wasm_component`.
    """
    rust_wit_crates(
        name = name + "_crates",
        tags = ["manual"],
        wit = wit,
        wit_features = wit_features,
        **options
    )
    rust_wit_bindgen(
        name = name + "_bindings",
        crate_name = "bindings",
        crates = ":%s_crates" % name,
        tags = ["manual"],
        wit = wit,
        wit_features = wit_features,
        world = world,
        **options
    )
    rust_wasm_component(
        name = name,
        bindings = ":%s_bindings" % name,
        wit = wit,
        wit_features = wit_features,
        world = world,
        **kwargs
    )
