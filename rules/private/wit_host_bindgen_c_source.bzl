"""wit_host_bindgen_c_source: the header and source of C host bindings."""

load("//rules/private/common:actions.bzl", "run_tool")
load("//rules/private/common:toolchain_types.bzl", "WIT_TOOLCHAIN")
load("//rules/private/common:world.bzl", "world_attrs")
load("//rules/private/providers:wit_info.bzl", "WitInfo")

DOC = """Generates the C bindings for programs that run components of a world, which `wit_host_bindgen_c` compiles.

Outputs: `<library>.c`. Output groups: `header` (`<library>.h`).
"""

ATTRS = world_attrs(mandatory = True) | {
    "library": attr.string(
        doc = "The name of the files, without extension.",
        mandatory = True,
    ),
    "prefix": attr.string(
        doc = "The start of all names in C. Default: the name of the world.",
    ),
    "skip_imports": attr.string_list(
        doc = "Imported interfaces to leave out. A trailing `*` stands for any text.",
    ),
}

def _impl(ctx):
    wit = ctx.attr.wit[WitInfo]
    header = ctx.actions.declare_file(ctx.attr.library + ".h")
    source = ctx.actions.declare_file(ctx.attr.library + ".c")
    args = ctx.actions.args()
    args.add("--wit", wit.wit)
    args.add_all(wit.deps, before_each = "--dep")
    spans = depset([wit.spans], transitive = [wit.dep_spans])
    args.add_all(spans, before_each = "--spans")
    args.add("--world", ctx.attr.world)
    args.add_all(wit.features, before_each = "--feature")
    args.add_all(ctx.attr.wit_features, before_each = "--feature")
    if ctx.attr.prefix:
        args.add("--prefix", ctx.attr.prefix)
    args.add_all(ctx.attr.skip_imports, before_each = "--skip")
    args.add("--output-header", header)
    args.add("--output-source", source)
    run_tool(
        ctx,
        toolchain_type = WIT_TOOLCHAIN,
        subcommand = "host-bindgen-c",
        args = args,
        inputs = depset([wit.wit], transitive = [wit.deps, spans]),
        outputs = [header, source],
        mnemonic = "WitHostBindgenC",
        progress_message = "Generating C host bindings %{label}",
    )
    return [
        DefaultInfo(files = depset([source])),
        OutputGroupInfo(header = depset([header])),
    ]

wit_host_bindgen_c_source = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    toolchains = [WIT_TOOLCHAIN],
)
