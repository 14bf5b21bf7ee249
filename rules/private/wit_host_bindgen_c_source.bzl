"""wit_host_bindgen_c_source: the header and source of C host bindings."""

load("//rules/private/common:actions.bzl", "run_tool")
load("//rules/private/common:toolchain_types.bzl", "WIT_TOOLCHAIN")
load("//rules/private/common:world.bzl", "add_world", "named_world", "world_attrs")

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
    header = ctx.actions.declare_file(ctx.attr.library + ".h")
    source = ctx.actions.declare_file(ctx.attr.library + ".c")
    args = ctx.actions.args()
    inputs = add_world(args, named_world(ctx), spans = True)
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
        inputs = inputs,
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
