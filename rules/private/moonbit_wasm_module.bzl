"""moonbit_wasm_module: a program in MoonBit."""

load("//rules/private:moonbit_library.bzl", "compile_sources")
load("//rules/private/common:actions.bzl", "default_info")
load("//rules/private/common:labels.bzl", "error_text")
load("//rules/private/common:moonbit.bzl", "COMPILE_ATTRS", "deps_of", "link_packages")
load("//rules/private/common:toolchain_types.bzl", "MOONBIT_TOOLCHAIN")
load("//toolchains/private:moonc.bzl", "LINKED_TARGETS")

DOC = """Links MoonBit sources to a core module, or to a JavaScript module.

```starlark
moonbit_wasm_module(
    name = "sums",
    srcs = ["sums.mbt"],
    exports = ["add", "greet:sayHello"],
)
```

Without `exports`, the sources must have a `fn main`, which runs when the module is started.

For a component, use [`moonbit_wasm_component`](#moonbit_wasm_component).

Outputs: `<name>.wasm`, or `<name>.mjs` for the target `js`.
"""

ATTRS = COMPILE_ATTRS | {
    "exports": attr.string_list(
        doc = "The public functions of the sources that the module exports: `function`, or `function:name` for another name.",
    ),
    "srcs": attr.label_list(
        doc = "The `.mbt` files of the program.",
        allow_files = [".mbt"],
        mandatory = True,
        allow_empty = False,
    ),
    "target": attr.string(
        doc = "`wasm`: a core module with its own memory. `wasm-gc`: a core module with garbage collection by the engine. `js`: a JavaScript module.",
        default = "wasm",
        values = LINKED_TARGETS,
    ),
}

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$"

def export_error(exports, target):
    """Checks the exports of a module.

    Args:
      exports: list[string], `function` or `function:name`.
      target: string.

    Returns:
      string or None: the error of the first invalid one, with a hint.
    """
    for export in exports:
        function, colon, name = export.partition(":")
        if not function or [c for c in export.elems() if c < "!" or c > "~"] or (colon and not name):
            return "invalid export `{}`\nhint: write `function` or `function:name`, in ASCII".format(export)
        name = name or function
        if target == "js" and [c for c in name.elems() if c not in _LETTERS + "0123456789"]:
            return "the export `{}` is not a name in JavaScript\nhint: export the function by another name, `{}:name`".format(name, function)
    return None

def _impl(ctx):
    err = export_error(ctx.attr.exports, ctx.attr.target)
    if err:
        fail(error_text(ctx.label, err))
    target = ctx.attr.target
    path = "{}/{}".format(ctx.label.package, ctx.label.name).lstrip("/") + "/main"
    program = compile_sources(ctx, main = not ctx.attr.exports, path = path, target = target)
    module = ctx.actions.declare_file(ctx.label.name + (".mjs" if target == "js" else ".wasm"))
    args = ctx.actions.args()
    args.add("--package", path)
    args.add_all(ctx.attr.exports, before_each = "--export")
    link_packages(
        ctx,
        args = args,
        output = module,
        packages = depset(
            [program],
            order = "postorder",
            transitive = [dep.packages[target] for dep in deps_of(ctx, target)],
        ),
        target = target,
    )
    return [default_info(ctx, module)]

moonbit_wasm_module = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    toolchains = [MOONBIT_TOOLCHAIN],
)
