"""rust_wit_crates: Rust bindings with a crate for each WIT package."""

load("//rules/private/common:crate_names.bzl", "check_crate_names", "package_crate_name")
load("//rules/private/common:labels.bzl", "error_text")
load("//rules/private/common:rust_bindgen.bzl", "generate")
load("//rules/private/common:rust_bindgen_options.bzl", "DEFAULT_OPTIONS", "OPTION_ATTRS", "is_default")
load("//rules/private/common:rust_compile.bzl", "COMPILE_ATTRS", "COMPILE_FRAGMENTS", "COMPILE_TOOLCHAINS", "compile_crate", "crate_group", "dep_of")
load("//rules/private/common:toolchain_types.bzl", "WIT_BINDGEN_TOOLCHAIN", "WIT_TOOLCHAIN")
load("//rules/private/common:wit_bindgen_runtime.bzl", "RUNTIMES", "check_runtime", "has_async", "wit_bindgen_runtime_aspect")
load("//rules/private/providers:rust_wit_info.bzl", "RustWitInfo", "rust_wit_info")
load("//rules/private/providers:wit_bindgen_runtime_info.bzl", "WitBindgenRuntimeInfo")
load("//rules/private/providers:wit_info.bzl", "WitInfo")

DOC = """Generates Rust bindings for a WIT package and its dependencies, a crate for each package.

Use it to share types of WIT packages between worlds and with libraries. `rust_wit_bindgen` generates the bindings of a
world on top of these crates:

```starlark
rust_wit_crates(
    name = "plugin_crates",
    tags = ["manual"],
    wit = "//wit:plugin",
)

rust_wit_bindgen(
    name = "plugin_bindings",
    crate_name = "bindings",
    crates = ":plugin_crates",
    wit = "//wit:plugin",
    world = "plugin",
)

rust_wasm_component(
    name = "plugin",
    srcs = ["plugin.rs"],
    bindings = ":plugin_bindings",
    wit = "//wit:plugin",
    world = "plugin",
)
```

A library uses the types of a package without a world:

```starlark
rust_wit_crates(
    name = "core_types_crates",
    tags = ["manual"],
    wit = "//wit:core_types",
)

rust_library(
    name = "permissions",
    srcs = ["permissions.rs"],
    tags = ["manual"],
    deps = [":core_types_crates"],
)
```

The name of a crate is the label of its `wit_library`: `//wit/core:types` becomes `wit_core_types`, and `//wit/core-types`
becomes `wit_core__types_core__types`. Two packages whose crates would have the same name are an error. In a crate, the path
of an interface is `namespace::package::interface`.

With default options, each package is generated and compiled once for all targets that use it. A target with other options,
another `runtime`, or packages that open feature gates compiles all its crates again.

The tag `manual` keeps `bazel build //...` from compiling bindings for the host.
"""

ATTRS = OPTION_ATTRS | COMPILE_ATTRS | {
    "deps": attr.label_list(
        doc = "Crates that the paths in `with_` name.",
    ),
    "runtime": attr.label(
        doc = "The crate `wit_bindgen` that the generated code calls: `@rules_wit//rules/runtime:official`, `:embedded` or " +
              "`:static`, or another `rust_library`. `rust_wit_bindgen` explains these, and must use the same.",
        aspects = [wit_bindgen_runtime_aspect],
        default = RUNTIMES["official"],
    ),
    "_official": attr.label(default = RUNTIMES["official"]),
}

_TOOLCHAINS = COMPILE_TOOLCHAINS + [
    WIT_BINDGEN_TOOLCHAIN,
    WIT_TOOLCHAIN,
]

def _package_crate(ctx, *, package, prefix, deps, runtime, options, features, attr, has_async = True, more_deps = []):
    """Declares the actions that make the crate of a package.

    Args:
      ctx: the context of the rule or the aspect.
      package: struct, one of `packages` of a WitInfo.
      prefix: string, a prefix of the names of its files.
      deps: list[RustWitInfo], the direct dependencies of the package.
      runtime: Target, the runtime crate.
      options: struct with the options of OPTION_ATTRS.
      features: depset[string], feature gates to open.
      attr: struct, the attributes of the rule.
      has_async: bool, whether the runtime supports async functions, futures and streams.
      more_deps: list[DepVariantInfo], crates that the options name.

    Returns:
      RustWitInfo
    """
    name = package_crate_name(package.label)
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
        has_async = has_async,
    )
    crates = depset(transitive = [dep.crates for dep in deps])
    rust_analyzer = depset(transitive = [dep.rust_analyzer for dep in deps])
    crate, crate_rust_analyzer = compile_crate(
        ctx,
        attr = attr,
        name = name,
        prefix = prefix,
        source = source,
        # Types that a package uses can consist of types of its indirect dependencies, and the bindings name these too.
        deps = [dep_of(runtime)] + more_deps + crates.to_list(),
        rust_analyzer_deps = rust_analyzer.to_list(),
    )
    return rust_wit_info(
        crate = crate,
        description = description,
        label = package.label,
        runtime = runtime.label,
        rust_analyzer = crate_rust_analyzer,
        source = source,
        deps = deps,
    )

def _aspect_impl(target, ctx):
    wit = target[WitInfo]
    return [_package_crate(
        ctx,
        attr = ctx.rule.attr,
        prefix = "_rust/",
        package = wit.package,
        deps = [dep[RustWitInfo] for dep in ctx.rule.attr.deps],
        runtime = ctx.attr._runtime,
        options = DEFAULT_OPTIONS,
        features = wit.features,
    )]

rust_wit_aspect = aspect(
    implementation = _aspect_impl,
    doc = "Makes the crate of each WIT package with default options.",
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
    """Makes all crates for this target alone, with its options."""
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
            has_async = has_async(ctx.attr.runtime[WitBindgenRuntimeInfo]),
            more_deps = [dep_of(dep) for dep in ctx.attr.deps],
        )
    return made[wit.package.label]

def _impl(ctx):
    wit = ctx.attr.wit[WitInfo]
    generator = ctx.toolchains[WIT_BINDGEN_TOOLCHAIN]
    err = check_runtime(generator.version, ctx.attr.runtime[WitBindgenRuntimeInfo])
    err = err or check_crate_names([package.label for package in wit.packages.to_list()])
    if err:
        fail(error_text(ctx.label, err))

    # Feature gates that a package opens apply to its dependencies only if these are generated for it.
    is_shared = (
        is_default(ctx.attr) and
        ctx.attr.runtime.label == ctx.attr._official.label and
        not wit.features.to_list()
    )
    info = ctx.attr.wit[RustWitInfo] if is_shared else _own_crates(ctx, wit)
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
            doc = "The `wit_library` of the package.",
            aspects = [rust_wit_aspect],
            providers = [WitInfo],
            mandatory = True,
        ),
    },
    fragments = COMPILE_FRAGMENTS,
    provides = [RustWitInfo],
    toolchains = _TOOLCHAINS,
)
