"""wasm_component_compose: a component composed from others by a WAC source."""

load("//rules/private/common:component.bzl", "component_providers", "make_component")
load("//rules/private/common:labels.bzl", "error_text")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN")
load("//rules/private/common:wac.bzl", "wac_problems")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")

DOC = """Composes components as a WAC source describes.

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

See WAC's [LANGUAGE.md](https://github.com/bytecodealliance/wac/blob/main/LANGUAGE.md) for the syntax. Imports that the
source leaves open with `...` become imports of the result.

A package that is missing in `deps` is an error, and so is an unused entry of `deps`. For an `inline` source, they are
reported during analysis.

Outputs: `<name>.wasm`.
"""

ATTRS = {
    "deps": attr.string_keyed_label_dict(
        doc = "The components by the names in the source: `namespace:name`, which matches every version, or `namespace:name@version`.",
        providers = [WasmComponentInfo],
    ),
    "inline": attr.string(
        doc = "The WAC source. Set either this or `source`.",
    ),
    "source": attr.label(
        doc = "A file with the WAC source.",
        allow_single_file = [".wac"],
    ),
}

def _source(ctx):
    if bool(ctx.file.source) == bool(ctx.attr.inline):
        fail(error_text(ctx.label, "{} set\nhint: set one of the two".format(
            "both `source` and `inline` are" if ctx.file.source else "neither `source` nor `inline` is",
        )))
    if ctx.file.source:
        return ctx.file.source
    problems = wac_problems(ctx.attr.inline, ctx.attr.deps.keys())
    if problems:
        fail("".join([error_text(ctx.label, problem) for problem in problems]))
    source = ctx.actions.declare_file(ctx.label.name + ".wac")
    ctx.actions.write(source, ctx.attr.inline)
    return source

def _impl(ctx):
    source = _source(ctx)
    components = {name: dep[WasmComponentInfo].component for name, dep in ctx.attr.deps.items()}
    args = ctx.actions.args()
    args.add(source)
    for name in sorted(components):
        args.add(components[name], format = "--dep=" + name.replace("%", "%%") + "=%s")
    component = make_component(
        ctx,
        subcommand = "compose",
        args = args,
        inputs = depset([source] + components.values()),
        mnemonic = "WasmComponentCompose",
        progress_message = "Composing component %{label}",
    )
    return component_providers(ctx, component)

wasm_component_compose = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [WasmComponentInfo],
    toolchains = [COMPONENT_TOOLCHAIN],
)
