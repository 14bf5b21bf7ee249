"""moonbit_wasm_component: a component written in MoonBit."""

load("//rules/private:moonbit_wit_bindgen.bzl", "bindings_option")
load("//rules/private/common:component.bzl", "component_providers", "make_component")
load("//rules/private/common:labels.bzl", "error_text")
load("//rules/private/common:moonbit.bzl", "COMPILE_ATTRS", "add_deps", "compile_packages", "deps_of", "link_packages", "source_name")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN", "MOONBIT_TOOLCHAIN")
load("//rules/private/common:world.bzl", "add_world")
load("//rules/private/providers:moonbit_bindings_info.bzl", "MoonBitBindingsInfo")
load("//rules/private/providers:moonbit_info.bzl", "MoonBitInfo")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")

DOC = """Makes a component from MoonBit sources that implement the exports of a world.

```starlark
moonbit_wit_bindgen(
    name = "bindings",
    wit = ":greeter_wit",
    world = "greeter",
)

moonbit_wasm_component(
    name = "greeter",
    srcs = ["greeter.mbt"],
    bindings = ":bindings",
)
```

```moonbit
pub fn greet(name : String) -> String {
  "Hello, \\{name}!"
}
```

The sources are part of the generated package of the export, so they name its types without a prefix. Set `exports` in
place of `srcs` if the world exports several interfaces, or an interface and functions. Each function that is not
implemented is an error.

The component imports nothing but its world. [moonbit-guide.md](moonbit-guide.md) describes how types are mapped.

Outputs: `<name>.wasm`. Output groups: `module` (the core module).
"""

ATTRS = COMPILE_ATTRS | {
    "bindings": attr.label(
        doc = "The bindings of the world.",
        providers = [MoonBitBindingsInfo],
        mandatory = True,
    ),
    "exports": attr.label_keyed_string_dict(
        doc = "The `.mbt` files -> the export that each implements: an interface, `namespace:package/name` with or without its version, or the name of the world for its functions.",
        allow_files = [".mbt"],
    ),
    "srcs": attr.label_list(
        doc = "The `.mbt` files, if the world has one export.",
        allow_files = [".mbt"],
    ),
}

def _sources(ctx):
    """Returns the sources, each with the export that it implements or None."""
    if bool(ctx.attr.srcs) == bool(ctx.attr.exports):
        fail(error_text(ctx.label, "set either `srcs` or `exports`\nhint: `srcs` is enough for a world with one export"))
    sources = [(file, "") for file in ctx.files.srcs]
    for target, item in ctx.attr.exports.items():
        sources += [(file, item) for file in target.files.to_list()]
    return sources

def _impl(ctx):
    bindings = ctx.attr.bindings[MoonBitBindingsInfo]
    imports = ctx.attr.bindings[MoonBitInfo].packages["wasm"]
    sources = _sources(ctx)
    files = [file for file, _ in sources]

    args = ctx.actions.args()
    bindings_option(args, bindings.directory)
    args.add("--warnings", ctx.attr.warnings)
    for file, item in sources:
        args.add("--source", file, format = "{}={}=%s".format(item.replace("%", "%%"), source_name(file)))
    libraries = add_deps(ctx, args, "wasm")
    args.add_all(imports, before_each = "--packages", expand_directories = False)
    compiled = compile_packages(
        ctx,
        command = "exports",
        target = "wasm",
        name = ctx.label.name + ".packages",
        args = args,
        inputs = depset(files + [bindings.directory], transitive = [libraries, imports]),
        progress_message = "Compiling MoonBit component %{label}",
    )

    module = ctx.actions.declare_file(ctx.label.name + ".core.wasm")
    args = ctx.actions.args()
    bindings_option(args, bindings.directory)
    link_packages(
        ctx,
        args = args,
        inputs = depset([bindings.directory]),
        output = module,
        packages = depset(
            [compiled],
            order = "postorder",
            transitive = [imports] + [dep.packages["wasm"] for dep in deps_of(ctx, "wasm")],
        ),
        target = "wasm",
    )

    # MoonBit's strings are UTF-16, and its compiler exports no memory.
    args = ctx.actions.args()
    args.add(module)
    world_files = add_world(args, bindings.world)
    args.add("--encoding", "utf16")
    args.add("--export-memory")
    component = make_component(
        ctx,
        subcommand = "new",
        args = args,
        inputs = depset([module], transitive = [world_files]),
        mnemonic = "WasmComponentNew",
        progress_message = "Making component %{label}",
    )
    return component_providers(
        ctx,
        component,
        output_groups = {"module": depset([module])},
        world = bindings.world,
    )

moonbit_wasm_component = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [WasmComponentInfo],
    toolchains = [
        COMPONENT_TOOLCHAIN,
        MOONBIT_TOOLCHAIN,
    ],
)
