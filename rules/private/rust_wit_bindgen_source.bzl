"""rust_wit_bindgen_source: the Rust source of a world's bindings."""

load("//rules/private/common:crate_names.bzl", "check_crate_names")
load("//rules/private/common:labels.bzl", "error_text", "label_text")
load("//rules/private/common:rust_bindgen.bzl", "generate")
load("//rules/private/common:rust_bindgen_options.bzl", "OPTION_ATTRS", "WORLD_OPTION_ATTRS")
load("//rules/private/common:toolchain_types.bzl", "WIT_BINDGEN_TOOLCHAIN", "WIT_TOOLCHAIN")
load("//rules/private/common:wit_bindgen_runtime.bzl", "check_runtime", "has_async", "wit_bindgen_runtime_aspect")
load("//rules/private/common:world.bzl", "world_attrs")
load("//rules/private/providers:rust_wit_info.bzl", "RustWitInfo")
load("//rules/private/providers:wit_bindgen_runtime_info.bzl", "WitBindgenRuntimeInfo")
load("//rules/private/providers:wit_info.bzl", "WitInfo")

DOC = """Generates the root source of a crate with the bindings of a world, which `rust_wit_bindgen` compiles.

Output groups: `tree` (a directory with a file for each module, for sources that are checked in).
"""

ATTRS = world_attrs(mandatory = True) | OPTION_ATTRS | WORLD_OPTION_ATTRS | {
    "crate_name": attr.string(
        doc = "The name of the crate that the source becomes. It must differ from those of `crates`.",
    ),
    "crates": attr.label(
        doc = "The `rust_wit_crates` whose types are used. Without it, all types are generated.",
        providers = [RustWitInfo],
    ),
    "generate": attr.string(
        doc = "`all`: generate all interfaces that the world uses. `listed`: of other packages, only those in `with_`.",
        default = "all",
        values = ["all", "listed"],
    ),
    "runtime": attr.label(
        doc = "The crate `wit_bindgen` that the generated code calls. It must work with the version of the generator.",
        aspects = [wit_bindgen_runtime_aspect],
        mandatory = True,
    ),
}

def _check(ctx):
    generator = ctx.toolchains[WIT_BINDGEN_TOOLCHAIN]
    runtime = ctx.attr.runtime
    err = check_runtime(generator.version, runtime[WitBindgenRuntimeInfo])
    if err:
        fail(error_text(ctx.label, err))
    if not ctx.attr.crates:
        return
    if ctx.attr.ownership != "owning":
        fail(error_text(ctx.label, "`ownership = \"{}\"` requires types for one world, but several worlds share the types of `crates`\nhint: remove `crates`".format(
            ctx.attr.ownership,
        )))
    crates = ctx.attr.crates
    if crates[RustWitInfo].runtime != runtime.label:
        fail(error_text(ctx.label, "`runtime` is `{}`, but that of `{}` is `{}`\nhint: set the same `runtime` on both".format(
            label_text(runtime.label),
            label_text(crates.label),
            label_text(crates[RustWitInfo].runtime),
        )))
    err = check_crate_names(crates[RustWitInfo].packages.to_list(), own = ctx.attr.crate_name)
    if err:
        fail(error_text(ctx.label, err))

def _spans(wit, crates):
    """Returns the source locations of the items that are generated here, not in a separate crate."""
    if not crates:
        return depset([wit.spans], transitive = [wit.dep_spans])
    elsewhere = {label: None for label in crates.packages.to_list()}
    return depset([wit.spans] + [
        package.spans
        for package in wit.packages.to_list()
        if package.label not in elsewhere and package.label != wit.package.label
    ])

def _impl(ctx):
    _check(ctx)
    wit = ctx.attr.wit[WitInfo]
    crates = ctx.attr.crates[RustWitInfo] if ctx.attr.crates else None
    bindings = dict(
        wit = wit.wit,
        deps = wit.deps,
        spans = _spans(wit, crates),
        options = ctx.attr,
        features = wit.features,
        world = ctx.attr.world,
        world_options = ctx.attr,
        generate_all = ctx.attr.generate == "all",
        crates = crates.descriptions if crates else None,
        has_async = has_async(ctx.attr.runtime[WitBindgenRuntimeInfo]),
    )
    source, _ = generate(ctx, name = ctx.label.name, **bindings)
    tree, _ = generate(ctx, name = ctx.label.name + "_tree", tree = True, **bindings)
    return [
        DefaultInfo(files = depset([source])),
        OutputGroupInfo(
            # What rust-analyzer builds before it reads the crate.
            rust_generated_srcs = depset([source]),
            tree = depset([tree]),
        ),
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
