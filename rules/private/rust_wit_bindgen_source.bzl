"""rust_wit_bindgen_source: the Rust source of a world's bindings."""

load("//rules/private:actions.bzl", "WIT_BINDGEN_TOOLCHAIN", "WIT_TOOLCHAIN", "add_wit", "label_text", "run_tool")
load("//rules/private:wit_bindgen_runtime.bzl", "WitBindgenRuntimeInfo", "check_runtime", "wit_bindgen_runtime_aspect")
load("//rules/private/providers:wit_info.bzl", "WitInfo")

DOC = "Generates the Rust bindings of a world as the root of a crate. `rust_wit_bindgen` compiles it."

OPTIONS = {
    "ownership": attr.string(
        doc = "How generated types own their data: `owning`, `borrowing`, or `borrowing-duplicate-if-necessary`.",
        default = "owning",
        values = ["owning", "borrowing", "borrowing-duplicate-if-necessary"],
    ),
    "additional_derives": attr.string_list(
        doc = "Traits that every generated type derives too, such as `PartialEq` or `Clone`.",
    ),
    "with_": attr.string_dict(
        doc = "WIT interface or type -> Rust path that has it already, or `generate`.",
    ),
    "generate": attr.string(
        doc = "`all`: also what the world takes from other packages. `listed`: of those, only what `with` says.",
        default = "all",
        values = ["all", "listed"],
    ),
    "skip": attr.string_list(
        doc = "Exported functions that get no bindings.",
    ),
    "wit_features": attr.string_list(
        doc = "Feature gates (`@unstable(feature = ...)`) that are open.",
    ),
    "std_feature": attr.bool(
        doc = "Guard the use of `std` by a crate feature `std`.",
    ),
    "raw_strings": attr.bool(
        doc = "Give strings as bytes, unchecked.",
    ),
    "type_section_suffix": attr.string(
        doc = "Appended to the name of the custom section that describes the world.",
    ),
}

ATTRS = OPTIONS | {
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
    source = ctx.actions.declare_file(ctx.label.name + ".rs")

    args = ctx.actions.args()
    inputs = add_wit(args, wit, world = ctx.attr.world)
    spans = depset([wit.spans], transitive = [wit.dep_spans])
    args.add_all(spans, before_each = "--spans")
    args.add("--generator", generator.tool.executable)
    if generator.version:
        args.add("--generator-version", generator.version)
    args.add("--ownership", ctx.attr.ownership)
    args.add_all(ctx.attr.additional_derives, before_each = "--additional-derive")
    args.add_all(
        ["%s=%s" % item for item in sorted(ctx.attr.with_.items())],
        before_each = "--with",
    )
    args.add("--generate-all" if ctx.attr.generate == "all" else "--no-generate-all")
    args.add_all(ctx.attr.skip, before_each = "--skip")
    args.add_all(ctx.attr.wit_features, before_each = "--feature")
    if ctx.attr.std_feature:
        args.add("--std-feature")
    if ctx.attr.raw_strings:
        args.add("--raw-strings")
    if ctx.attr.type_section_suffix:
        args.add("--type-section-suffix", ctx.attr.type_section_suffix)
    args.add("--out", source)
    run_tool(
        ctx,
        WIT_TOOLCHAIN,
        "bindgen-rust",
        args,
        inputs = depset(transitive = [inputs, spans]),
        outputs = [source],
        mnemonic = "WitBindgenRust",
        progress_message = "Generating Rust bindings %{label}",
        tools = [generator.tool],
    )
    return [DefaultInfo(files = depset([source]))]

rust_wit_bindgen_source = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    toolchains = [
        WIT_BINDGEN_TOOLCHAIN,
        WIT_TOOLCHAIN,
    ],
)
