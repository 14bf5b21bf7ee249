"""wit_graph: a picture of WIT packages and what they use of each other."""

load("//rules/private/common:actions.bzl", "WIT_TOOLCHAIN", "add_packages", "run_tool")
load("//rules/private/providers:wit_info.bzl", "WitInfo")

DOC = """A picture of WIT packages: a box for each, a line for each dependency, with what is used of it.

```starlark
wit_graph(
    name = "graph",
    wit = [":plugin"],
)
```

The default outputs are `<name>.svg` and `<name>.html`, a page that needs nothing else: it opens from the disk, can be
searched, and shows on a package what it uses and who uses it. The output groups `json` and `dot` (for Graphviz) have the
same as data.
"""

ATTRS = {
    "wit": attr.label_list(
        doc = "The `wit_library` targets to draw; what they depend on is drawn too.",
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
        WIT_TOOLCHAIN,
        "graph",
        args,
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
