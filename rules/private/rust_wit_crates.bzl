"""rust_wit_crates: the Rust bindings of a WIT package and of all that it depends on, a crate for each package."""

load("//rules/private/common:actions.bzl", "WIT_BINDGEN_TOOLCHAIN", "WIT_TOOLCHAIN", "label_text")
load("//rules/private/common:rust_bindgen.bzl", "DEFAULTS", "OPTIONS", "generate", "is_default")
load("//rules/private/common:rust_compile.bzl", "COMPILE_ATTRS", "COMPILE_FRAGMENTS", "COMPILE_TOOLCHAINS", "compile_crate", "crate_group", "dep_of")
load("//rules/private/common:wit_bindgen_runtime.bzl", "RUNTIMES", "WitBindgenRuntimeInfo", "check_runtime", "wit_bindgen_runtime_aspect")
load("//rules/private/providers:rust_wit_info.bzl", "RustWitInfo", "rust_wit_info")
load("//rules/private/providers:wit_info.bzl", "WitInfo")

DOC = """The Rust bindings of a WIT package and of all that it depends on, a crate for each package.

What has the default options is compiled once for all that use it. `rust_wit_bindgen(split = "package")` is made of this;
on its own it is for a library that shares the types of a package with several components:

```starlark
rust_wit_crates(
    name = "core_types_rust",
    wit = "//wit:core_types",
)

rust_library(
    name = "permissions",
    srcs = ["permissions.rs"],
    deps = [":core_types_rust"],
)
```

A crate is called as its `wit_library`, with the package before it: `//wit/core:types` is `wit_core_types`. In it, an
interface is `namespace::package::interface`.
"""

ATTRS = OPTIONS | COMPILE_ATTRS | {
    "deps": attr.label_list(
        doc = "Crates that the paths in `with_` name.",
    ),
    "runtime": attr.label(
        doc = "The crate `wit_bindgen` that the bindings are linked with.",
        aspects = [wit_bindgen_runtime_aspect],
        default = RUNTIMES["official"],
    ),
    "_official": attr.label(default = RUNTIMES["official"]),
}

_TOOLCHAINS = COMPILE_TOOLCHAINS + [
    WIT_BINDGEN_TOOLCHAIN,
    WIT_TOOLCHAIN,
]

def _crate_name(label):
    parts = [label.repo_name.replace("~", "_").replace("+", "_"), label.package, label.name]
    name = "_".join([part for part in parts if part])
    name = "".join([c if c.isalnum() else "_" for c in name.elems()])
    return "_" + name if name[0].isdigit() else name

def _package_crate(ctx, *, package, prefix, deps, runtime, options, features, attr, more_deps = []):
    """Declares what makes the crate of one package.

    Args:
      ctx: the context of the rule or the aspect.
      package: struct, one of `packages` of a WitInfo.
      prefix: string, what the names of its files begin with.
      deps: list[RustWitInfo], the crates of the packages that it names in `deps`.
      runtime: Target, the runtime crate.
      options: struct, as in OPTIONS.
      features: depset[string], feature gates that are open.
      attr: struct, the attributes of the rule.
      more_deps: list[DepVariantInfo], crates that options name.

    Returns:
      RustWitInfo
    """
    name = _crate_name(package.label)
    source, description = generate(
        ctx,
        name = prefix + name,
        wit = package.wit,
        deps = package.deps,
        spans = depset([package.spans]),
        options = options,
        features = features,
        crates = depset(transitive = [dep.descriptions for dep in deps]),
        crate_name = name,
    )
    crates = depset(transitive = [dep.crates for dep in deps])
    rust_analyzer = depset(transitive = [dep.rust_analyzer for dep in deps])
    crate, told = compile_crate(
        ctx,
        attr = attr,
        name = name,
        prefix = prefix,
        source = source,
        # What a package uses may in turn be of types of any package below it, and the bindings name these too.
        deps = [dep_of(runtime)] + more_deps + crates.to_list(),
        rust_analyzer_deps = rust_analyzer.to_list(),
    )
    return rust_wit_info(crate = crate, description = description, source = source, rust_analyzer = told, deps = deps)

def _aspect_impl(target, ctx):
    wit = target[WitInfo]
    return [_package_crate(
        ctx,
        attr = ctx.rule.attr,
        prefix = "_rust/",
        package = wit.package,
        deps = [dep[RustWitInfo] for dep in ctx.rule.attr.deps],
        runtime = ctx.attr._runtime,
        options = DEFAULTS,
        features = wit.features,
    )]

rust_wit_aspect = aspect(
    implementation = _aspect_impl,
    doc = "Makes the crate of bindings of each WIT package, with default options.",
    attr_aspects = ["deps"],
    attrs = COMPILE_ATTRS | {
        "_runtime": attr.label(default = RUNTIMES["official"]),
    },
    fragments = COMPILE_FRAGMENTS,
    required_providers = [WitInfo],
    provides = [RustWitInfo],
    toolchains = _TOOLCHAINS,
)

def _own_crates(ctx, wit):
    """All crates once more, with options of this target."""
    made = {}
    for package in wit.packages.to_list():
        made[package.label] = _package_crate(
            ctx,
            attr = ctx.attr,
            prefix = ctx.label.name + "/",
            package = package,
            deps = [made[label] for label in package.dep_labels],
            runtime = ctx.attr.runtime,
            options = ctx.attr,
            features = wit.features,
            more_deps = [dep_of(dep) for dep in ctx.attr.deps],
        )
    return made[wit.package.label]

def _impl(ctx):
    wit = ctx.attr.wit[WitInfo]
    generator = ctx.toolchains[WIT_BINDGEN_TOOLCHAIN]
    err = check_runtime(generator.version, ctx.attr.runtime[WitBindgenRuntimeInfo])
    if err:
        fail("\nerror: {}: {}".format(label_text(ctx.label), err))

    # Gates that a package opens are open in those that it depends on only if these are compiled for it.
    shared = (
        is_default(ctx.attr) and
        ctx.attr.runtime.label == ctx.attr._official.label and
        not wit.features.to_list()
    )
    info = ctx.attr.wit[RustWitInfo] if shared else _own_crates(ctx, wit)
    return [
        DefaultInfo(files = depset([dep.crate_info.output for dep in info.crates.to_list()])),
        OutputGroupInfo(rust_generated_srcs = info.sources),
        info,
    ] + crate_group(info.crates, info.rust_analyzer)

rust_wit_crates = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS | {
        "wit": attr.label(
            doc = "The `wit_library`.",
            aspects = [rust_wit_aspect],
            providers = [WitInfo],
            mandatory = True,
        ),
    },
    fragments = COMPILE_FRAGMENTS,
    provides = [RustWitInfo],
    toolchains = _TOOLCHAINS,
)
