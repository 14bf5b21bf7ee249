"""rust_wasm_component_unit_test: unit tests in the sources of a component, on the host."""

load("@rules_rust//rust:defs.bzl", "rust_test")
load("//rules/private/common:labels.bzl", "error_text", "label_text")

def _error(label, component):
    if type(component) == "select":
        return "`component` cannot be a select()\nhint: declare a test for each component"
    label_of_component = native.package_relative_label(component)
    if label_of_component.same_package_label(label.name) != label:
        return "`{}` is in another package\nhint: declare the test in the package of the component".format(label_text(label_of_component))
    return None

def rust_wasm_component_unit_test(name, component, **kwargs):
    """Runs the unit tests in the Rust sources of a component, natively.

    ```starlark
    rust_wasm_component_unit_test(
        name = "greeter_unit_test",
        component = ":greeter",
    )
    ```

    The sources of the component, its dependencies and its bindings are compiled for the host, and the functions with `#[test]`
    run there, as with `rust_test(crate = ...)`. So tests can use threads, files, `bazel coverage` and debuggers. Code that
    calls an import of the world panics; test such code with a
    [`wasm_component_test`](component.md#wasm_component_test).

    If the component has a `rust_wit_bindgen` of its own as `bindings`, set `target_compatible_with = []` and
    `tags = ["manual"]` there, as it is compiled for the host too.

    [rust-tooling.md](rust-tooling.md) is about tests, coverage, linters and editors.

    Args:
      name: string, the name of the target.
      component: label, a `rust_wasm_component` of the same package.
      **kwargs: further attributes of `rust_test`, such as `data`, `deps`, `env` and `size`. As there, `crate_features` and
        `rustc_flags` of the component are to be repeated.
    """
    label = native.package_relative_label(name)
    error = _error(label, component)
    if error:
        fail(error_text(label, error))
    rust_test(
        name = name,
        crate = label.same_package_label(native.package_relative_label(component).name + "_module"),
        **kwargs
    )
