"""wit_docs: a page that documents WIT packages."""

load("//rules/private/common:actions.bzl", "run_tool")
load("//rules/private/common:toolchain_types.bzl", "WIT_TOOLCHAIN")
load("//rules/private/common:wit_packages.bzl", "add_packages")
load("//rules/private/providers:wit_info.bzl", "WitInfo")

DOC = """Documents WIT packages and their dependencies on an HTML page: worlds, interfaces, types and functions.

```starlark
wit_docs(
    name = "docs",
    wit = [":plugin"],
)
```

Doc comments are rendered as Markdown; HTML in them is escaped. Every item has an anchor, every type links to
its definition, and feature gates and deprecations are shown.

Outputs: `<name>.html`, a self-contained page.
"""

ATTRS = {
    "title": attr.string(
        doc = "The title of the page. Default: the name of the first package.",
    ),
    "wit": attr.label_list(
        doc = "The `wit_library` targets to document. Their dependencies are documented after them.",
        providers = [WitInfo],
        mandatory = True,
        allow_empty = False,
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
        toolchain_type = WIT_TOOLCHAIN,
        subcommand = "docs",
        args = args,
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
