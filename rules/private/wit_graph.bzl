"""wit_graph: a picture of WIT packages and their dependencies."""

load("//rules/private/common:actions.bzl", "run_tool")
load("//rules/private/common:toolchain_types.bzl", "WIT_TOOLCHAIN")
load("//rules/private/common:wit_packages.bzl", "add_packages")
load("//rules/private/providers:wit_info.bzl", "WitInfo")

DOC = """Draws WIT packages and their dependencies: a box for each package, and an edge for each dependency, labelled with the
items that are used.

```starlark
wit_graph(
    name = "graph",
    wit = [":plugin"],
)
```

Outputs: `<name>.svg`, and `<name>.html`, a self-contained page that can be searched and that highlights the dependencies
and dependents of a package. Output groups: `svg`, `html`, `json` and `dot` (for Graphviz).
"""

ATTRS = {
    "wit": attr.label_list(
        doc = "The `wit_library` targets to draw. Their dependencies are drawn too.",
        providers = [WitInfo],
        mandatory = True,
        allow_empty = False,
    ),
}

def _draw(ctx, kind):
    out = ctx.actions.declare_file("{}.{}".format(ctx.label.name, kind))
    args = ctx.actions.args()
    inputs = add_packages(args, [wit[WitInfo] for wit in ctx.attr.wit])
    args.add("--format", kind)
    args.add("--output", out)
    run_tool(
        ctx,
        toolchain_type = WIT_TOOLCHAIN,
        subcommand = "graph",
        args = args,
        inputs = inputs,
        outputs = [out],
        mnemonic = "WitGraph",
        progress_message = "Drawing WIT packages %{label} (" + kind + ")",
    )
    return out

def _impl(ctx):
    svg, html, json, dot = [_draw(ctx, kind) for kind in ("svg", "html", "json", "dot")]
    return [
        DefaultInfo(files = depset([svg, html])),
        OutputGroupInfo(
            dot = depset([dot]),
            html = depset([html]),
            json = depset([json]),
            svg = depset([svg]),
        ),
    ]

wit_graph = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    toolchains = [WIT_TOOLCHAIN],
)
