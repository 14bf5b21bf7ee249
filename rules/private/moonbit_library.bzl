"""moonbit_library: a MoonBit package."""

load("//rules/private/common:labels.bzl", "error_text")
load("//rules/private/common:moonbit.bzl", "COMPILE_ATTRS", "add_deps", "can_compile", "compile_packages", "deps_of", "import_path_of", "imports_of", "source_name")
load("//rules/private/common:toolchain_types.bzl", "MOONBIT_TOOLCHAIN")
load("//rules/private/providers:moonbit_info.bzl", "MoonBitInfo", "moonbit_info", "moonbit_source")
load("//toolchains/private:moonc.bzl", "CHECKED_TARGETS", "LINKED_TARGETS")

DOC = """Compiles a MoonBit package, which other packages import.

```starlark
moonbit_library(
    name = "money",
    srcs = ["money.mbt"],
)
```

Sources of dependents name it `@money`. The package is compiled for the targets of its dependents.
"""

ATTRS = COMPILE_ATTRS | {
    "import_path": attr.string(
        doc = "The full name of the package, which is unique in a program. Its last part is the name in sources. Default: the path of the Bazel package, and the name of the target if it differs from the last folder.",
    ),
    "native_stubs": attr.label_list(
        doc = "C sources of functions that the package declares with `extern \"C\"`, for the target `native`.",
        allow_files = [".c", ".h"],
    ),
    "srcs": attr.label_list(
        doc = "The `.mbt` files of the package.",
        allow_files = [".mbt"],
        mandatory = True,
        allow_empty = False,
    ),
    "targets": attr.string_list(
        doc = "The targets for which a build of this library itself compiles it: `wasm`, `wasm-gc`, `js`, or `native`, which is type-checked only.",
        default = ["wasm"],
    ),
}

def compile_sources(ctx, *, target, path, main = False):
    """Declares the action that compiles the sources of a rule as a package.

    Args:
      ctx: the context of a rule with COMPILE_ATTRS, `srcs` and MOONBIT_TOOLCHAIN.
      target: string.
      path: string, the import path of the package.
      main: bool, whether it has a function `main`.

    Returns:
      File, the directory with the compiled package.
    """
    args = ctx.actions.args()
    args.add("--package", path)
    if main:
        args.add("--main")
    args.add("--warnings", ctx.attr.warnings)
    for file in ctx.files.srcs:
        args.add("--source", file, format = source_name(file) + "=%s")
    packages = add_deps(ctx, args, target)
    return compile_packages(
        ctx,
        command = "build",
        target = target,
        name = "{}.{}.packages".format(ctx.label.name, target),
        args = args,
        inputs = depset(ctx.files.srcs, transitive = [packages]),
        progress_message = "Compiling MoonBit package %{{label}} for {}".format(target),
    )

def _impl(ctx):
    err, path = import_path_of(ctx.label, ctx.attr.import_path)
    if err:
        fail(error_text(ctx.label, err))
    known = LINKED_TARGETS + CHECKED_TARGETS
    for target in ctx.attr.targets:
        if target not in known:
            fail(error_text(ctx.label, "unknown target `{}`\nhint: use {}".format(target, ", ".join(["`{}`".format(t) for t in known]))))
        deps_of(ctx, target)
    direct = {
        target: compile_sources(ctx, path = path, target = target)
        for target in known
        if can_compile(ctx, target)
    }
    return [
        DefaultInfo(files = depset([direct[target] for target in ctx.attr.targets])),
        moonbit_info(
            direct = direct,
            deps = [dep[MoonBitInfo] for dep in ctx.attr.deps],
            source = moonbit_source(
                path = path,
                srcs = ctx.files.srcs,
                imports = imports_of(ctx),
                stubs = ctx.files.native_stubs,
            ),
        ),
    ]

moonbit_library = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [MoonBitInfo],
    toolchains = [MOONBIT_TOOLCHAIN],
)
