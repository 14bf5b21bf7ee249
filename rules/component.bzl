"""Rules for WebAssembly components, whatever language they are written in."""

load("//rules/private:wasm_component.bzl", _wasm_component = "wasm_component")
load("//rules/private:wasm_component_binary.bzl", _wasm_component_binary = "wasm_component_binary")
load("//rules/private:wasm_component_compose.bzl", _wasm_component_compose = "wasm_component_compose")
load("//rules/private:wasm_component_import.bzl", _wasm_component_import = "wasm_component_import")
load("//rules/private:wasm_component_lower.bzl", _wasm_component_lower = "wasm_component_lower")
load("//rules/private:wasm_component_plug.bzl", _wasm_component_plug = "wasm_component_plug")
load("//rules/private:wasm_component_targets_test.bzl", _wasm_component_targets_test = "wasm_component_targets_test")
load("//rules/private:wasm_component_test.bzl", _wasm_component_test = "wasm_component_test")

wasm_component = _wasm_component
wasm_component_binary = _wasm_component_binary
wasm_component_compose_rule = _wasm_component_compose
wasm_component_import = _wasm_component_import
wasm_component_lower = _wasm_component_lower
wasm_component_plug = _wasm_component_plug
wasm_component_targets_test = _wasm_component_targets_test
wasm_component_test_rule = _wasm_component_test

def wasm_component_compose(name, deps, source = None, inline = None, **kwargs):
    """Composes components as a source in the language WAC says.

    ```starlark
    wasm_component_compose(
        name = "app",
        inline = \"\"\"
            package example:app;
            let log = new example:logger { ... };
            export new example:server { ...log, ... } ...;
        \"\"\",
        deps = {
            "example:logger": ":logger",
            "example:server": ":server",
        },
    )
    ```

    Imports that the source leaves open with `...` are imports of the result. Names that no dependency satisfies, and
    dependencies that nothing uses, are errors: of a source that stands in the BUILD file already when the target is
    analysed. What does not fit is shown with what is wanted beside it. The language is described in
    [wac's repository](https://github.com/bytecodealliance/wac/blob/main/LANGUAGE.md).

    Args:
      name: string.
      deps: dict[string, label], what the source calls a component, `ns:name` or `ns:name@version`, -> the component.
        Without a version it stands for every version that the source names.
      source: label, the source, a `.wac` file.
      inline: string, the source itself, in place of a file.
      **kwargs: what all rules have.
    """
    names = {}
    for package, label in deps.items():
        names.setdefault(native.package_relative_label(label), []).append(package)
    _wasm_component_compose(
        name = name,
        source = source,
        inline = inline,
        deps = {label: " ".join(packages) for label, packages in names.items()},
        **kwargs
    )

def wasm_component_test(name, args = [], **kwargs):
    """Runs a component and compares what it returns or prints.

    Args:
      name: string.
      args: list[string], the arguments of the command, where the test runs one. (Bazel's own `args` of a test would be
        lost where the test's program is started by its path.)
      **kwargs: the attributes of [`wasm_component_test_rule`](#wasm_component_test_rule).
    """
    _wasm_component_test(name = name, command_args = args, **kwargs)
