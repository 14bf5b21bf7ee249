"""wit_docs: a page that documents WIT packages."""

load("//rules/private/common:actions.bzl", "WIT_TOOLCHAIN", "add_packages", "run_tool")
load("//rules/private/providers:wit_info.bzl", "WitInfo")

DOC = """An HTML page about WIT packages and all that they depend on: worlds, interfaces, types and functions.

```starlark
wit_docs(
    name = "docs",
    wit = [":plugin"],
)
```

The output is `<name>.html`, which needs nothing else. The texts are the doc comments, read as Markdown; HTML in them is
shown as it is written. Every item has an anchor, every type leads to where it is defined, feature gates and deprecations
are told.
"""

ATTRS = {
    "wit": attr.label_list(
        doc = "The `wit_library` targets to document; what they depend on comes after them.",
        providers = [WitInfo],
        mandatory = True,
        allow_empty = False,
    ),
    "title": attr.string(
        doc = "The title; by default the name of the first package.",
    ),
}

def _impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name + ".html")
    args = ctx.actions.args()
    inputs = add_packages(args, [wit[WitInfo] for wit in ctx.attr.wit])
    if ctx.attr.title:
        args.add("--title", ctx.attr.title)
    args.add("--output", out)
    run_tool(
        ctx,
        WIT_TOOLCHAIN,
        "docs",
        args,
        inputs = inputs,
        outputs = [out],
        mnemonic = "WitDocs",
        progress_message = "Documenting WIT packages %{label}",
    )
    return [DefaultInfo(files = depset([out]))]

wit_docs = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    toolchains = [WIT_TOOLCHAIN],
)
