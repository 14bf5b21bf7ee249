"""rust_wit_bindgen_source: the Rust source of a world's bindings."""

load("//rules/private/common:actions.bzl", "WIT_BINDGEN_TOOLCHAIN", "WIT_TOOLCHAIN", "label_text")
load("//rules/private/common:rust_bindgen.bzl", "OPTIONS", "WORLD_OPTIONS", "generate")
load("//rules/private/common:wit_bindgen_runtime.bzl", "WitBindgenRuntimeInfo", "check_runtime", "wit_bindgen_runtime_aspect")
load("//rules/private/providers:rust_wit_info.bzl", "RustWitInfo")
load("//rules/private/providers:wit_info.bzl", "WitInfo")

DOC = """Generates the Rust bindings of a world as the root of a crate. `rust_wit_bindgen` compiles it.

The output group `tree` has them as a directory with a file for each module, for who wants to keep them with the sources.
"""

ATTRS = OPTIONS | WORLD_OPTIONS | {
    "crates": attr.label(
        doc = "The `rust_wit_crates` whose types are used; without it, all are generated here.",
        providers = [RustWitInfo],
    ),
    "generate": attr.string(
        doc = "`all`: also what the world takes from other packages. `listed`: of those, only what `with` says.",
        default = "all",
        values = ["all", "listed"],
    ),
    "wit": attr.label(
        doc = "The `wit_library` that has the world.",
        providers = [WitInfo],
        mandatory = True,
    ),
    "world": attr.string(
        doc = "The world: `name`, or `namespace:package/name@version`.",
        mandatory = True,
    ),
    "runtime": attr.label(
        doc = "The crate `wit_bindgen` that the bindings will be linked with. It has to fit the generator.",
        aspects = [wit_bindgen_runtime_aspect],
        mandatory = True,
    ),
}

def _impl(ctx):
    wit = ctx.attr.wit[WitInfo]
    generator = ctx.toolchains[WIT_BINDGEN_TOOLCHAIN]
    err = check_runtime(generator.version, ctx.attr.runtime[WitBindgenRuntimeInfo])
    if err:
        fail("\nerror: {}: {}".format(label_text(ctx.label), err))
    if ctx.attr.crates and ctx.attr.ownership != "owning":
        fail("\nerror: {}: `ownership = \"{}\"` needs types that are made for one world, and crates of packages serve many\nhint: use `split = \"world\"`".format(
            label_text(ctx.label),
            ctx.attr.ownership,
        ))
    crates = ctx.attr.crates[RustWitInfo].descriptions if ctx.attr.crates else None
    what = dict(
        wit = wit.wit,
        deps = wit.deps,
        # What is generated elsewhere says there where it is declared.
        spans = depset([wit.spans], transitive = [] if crates else [wit.dep_spans]),
        options = ctx.attr,
        features = wit.features,
        world = ctx.attr.world,
        world_options = ctx.attr,
        generate_all = ctx.attr.generate == "all",
        crates = crates,
    )
    source, _ = generate(ctx, name = ctx.label.name, **what)
    tree, _ = generate(ctx, name = ctx.label.name + "_tree", tree = True, **what)
    return [
        DefaultInfo(files = depset([source])),
        OutputGroupInfo(tree = depset([tree])),
    ]

rust_wit_bindgen_source = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    toolchains = [
        WIT_BINDGEN_TOOLCHAIN,
        WIT_TOOLCHAIN,
    ],
)
