"""wit_library: a WIT package."""

load("//rules/private/common:actions.bzl", "run_tool")
load("//rules/private/common:labels.bzl", "error_text")
load("//rules/private/common:toolchain_types.bzl", "WIT_TOOLCHAIN")
load("//rules/private/common:wit_packages.bzl", "provided_twice")
load("//rules/private/providers:wit_info.bzl", "WitInfo", "wit_info")

DOC = """Defines a WIT package.

```starlark
wit_library(
    name = "greeter",
    srcs = ["greeter.wit"],
    deps = ["@rules_wit//rules/wasi:io"],
)
```

`deps` must contain the `wit_library` of every package that a `use`, `import` or `include` names, in exactly the version
that the source names. Indirect dependencies do not count, and an unused dependency is a warning.

`package`, `srcs` and `deps` can be a `select()`, so that an application can have optional packages.

The package is parsed and resolved once, in its own action; dependents use the result.

Outputs: `<name>.resolved.wit`, the whole package as one document. Output groups: `wit` (this document and those of all
dependencies) and `spans` (JSON with the source location of each item).
"""

ATTRS = {
    "deps": attr.label_list(
        doc = "The `wit_library` of each package that the sources name.",
        providers = [WitInfo],
    ),
    "package": attr.string(
        doc = "`namespace:name@version`, as the sources declare it; a difference is an error. If it is set, two targets " +
              "that provide the same package are reported before anything is built, otherwise when a dependent is resolved.",
    ),
    "srcs": attr.label_list(
        doc = "The `.wit` files of the package. At least one has the `package` declaration.",
        allow_files = [".wit"],
        mandatory = True,
        allow_empty = False,
    ),
    "wit_features": attr.string_list(
        doc = "Feature gates (`@unstable(feature = ...)`) to open for all dependents.",
    ),
}

def _impl(ctx):
    deps = [dep[WitInfo] for dep in ctx.attr.deps]
    wit = ctx.actions.declare_file(ctx.label.name + ".resolved.wit")
    spans = ctx.actions.declare_file(ctx.label.name + ".spans.json")
    info = wit_info(
        wit = wit,
        spans = spans,
        srcs = ctx.files.srcs,
        deps = deps,
        features = ctx.attr.wit_features,
        id = ctx.attr.package,
        label = ctx.label,
    )

    # Flattening the depset would be most of the analysis time, so skip it if no package has an id.
    err = provided_twice(info.packages.to_list()) if info.identified else None
    if err:
        fail(error_text(ctx.label, err))

    args = ctx.actions.args()
    args.add_all(ctx.files.srcs, before_each = "--src")
    args.add_all([dep.wit for dep in deps], before_each = "--dep")
    args.add_all(info.deps, before_each = "--indirect")
    args.add_all(info.features, before_each = "--feature")
    if ctx.attr.package:
        args.add("--package", ctx.attr.package)
    args.add("--output", wit)
    args.add("--output-spans", spans)
    run_tool(
        ctx,
        toolchain_type = WIT_TOOLCHAIN,
        subcommand = "resolve",
        args = args,
        inputs = depset(ctx.files.srcs, transitive = [info.deps]),
        outputs = [wit, spans],
        mnemonic = "WitResolve",
        progress_message = "Resolving WIT package %{label}",
    )
    return [
        DefaultInfo(files = depset([wit])),
        OutputGroupInfo(
            spans = depset([spans]),
            wit = depset([wit], transitive = [info.deps]),
        ),
        info,
    ]

wit_library = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [WitInfo],
    toolchains = [WIT_TOOLCHAIN],
)
