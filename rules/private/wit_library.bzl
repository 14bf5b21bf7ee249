"""wit_library: one WIT package."""

load("//rules/private/common:actions.bzl", "WIT_TOOLCHAIN", "label_text", "run_tool")
load("//rules/private/providers:wit_info.bzl", "WitInfo", "provided_twice", "wit_info")

DOC = """One WIT package.

The sources are parsed and resolved once, in an action of their own; everything that depends on the package takes the
result. A `use`, `import` or `include` of another package needs the `wit_library` of that package in `deps`, at the
very version that the source names.

```starlark
wit_library(
    name = "greeter",
    srcs = ["greeter.wit"],
    deps = ["@rules_wit//rules/wasi:io"],
)
```

A package that the sources use must be in `deps` itself, not only below something in it; one that they do not use is
warned of. `package` and `deps` may be `select()`ed upon: so an application has optional packages.

The default output is the whole package as one document.
"""

ATTRS = {
    "srcs": attr.label_list(
        doc = "The `.wit` files of the package, at least one of them with the `package` declaration.",
        allow_files = [".wit"],
        mandatory = True,
        allow_empty = False,
    ),
    "deps": attr.label_list(
        doc = "The `wit_library` of each package that the sources name.",
        providers = [WitInfo],
    ),
    "package": attr.string(
        doc = "`namespace:name@version`, as the sources declare it; compared with them. With it, two targets that provide one package to another fail before anything is built; without it, when the other is resolved.",
    ),
    "wit_features": attr.string_list(
        doc = "Feature gates (`@unstable(feature = ...)`) that are open for all who use the package.",
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
    # A closure is not walked for nothing: that is most of the time that analysis takes.
    err = provided_twice(info.packages.to_list()) if info.identified else None
    if err:
        fail("\nerror: {}: {}".format(label_text(ctx.label), err))

    args = ctx.actions.args()
    args.add_all(ctx.files.srcs, before_each = "--src")
    args.add_all([dep.wit for dep in deps], before_each = "--dep")
    args.add_all(info.deps, before_each = "--indirect")
    args.add_all(info.features, before_each = "--feature")
    if ctx.attr.package:
        args.add("--package", ctx.attr.package)
    args.add("--out-wit", wit)
    args.add("--out-spans", spans)
    run_tool(
        ctx,
        WIT_TOOLCHAIN,
        "resolve",
        args,
        inputs = depset(ctx.files.srcs, transitive = [info.deps]),
        outputs = [wit, spans],
        mnemonic = "WitResolve",
        progress_message = "Resolving WIT package %{label}",
    )
    return [
        DefaultInfo(files = depset([wit])),
        OutputGroupInfo(
            wit = depset([wit], transitive = [info.deps]),
            spans = depset([spans]),
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
