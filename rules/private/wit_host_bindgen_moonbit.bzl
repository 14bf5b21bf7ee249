"""wit_host_bindgen_moonbit: MoonBit bindings for programs that run components of a world."""

load("//rules/private/common:actions.bzl", "run_tool")
load("//rules/private/common:labels.bzl", "error_text")
load("//rules/private/common:moonbit.bzl", "compile_packages", "import_path_of", "source_name")
load("//rules/private/common:toolchain_types.bzl", "MOONBIT_TOOLCHAIN", "WIT_TOOLCHAIN")
load("//rules/private/common:world.bzl", "add_world", "named_world", "world_attrs")
load("//rules/private/providers:moonbit_info.bzl", "MoonBitInfo", "moonbit_info", "moonbit_source")

DOC = """Generates MoonBit bindings for programs that run components of a world, for the target `native`.

```starlark
wit_host_bindgen_moonbit(
    name = "plugin_host",
    wit = "//wit:plugin",
    world = "plugin",
)

moonbit_native_binary(
    name = "host",
    srcs = ["host.mbt"],
    data = [":plugin"],    # a component
    deps = [
        ":plugin_host",
        "@rules_wit//toolchains/wasmtime/moonbit:component",
        "@rules_wit//toolchains/wasmtime/moonbit:wasmtime",
    ],
)
```

The package has a type for each type of the world, `Imports` with a closure for each import, `link`, which adds them to a
linker, and a struct with the name of the world, whose methods call the exports. [hosts.md](hosts.md) describes how types are
mapped.

Async functions, `future`, `stream`, `error-context`, `map` and lists of fixed length have no equivalent; a world with
them is an error that names the function.

Outputs: the package, compiled. Output groups: `source` (`<name>.mbt`).
"""

ATTRS = world_attrs(mandatory = True) | {
    "import_path": attr.string(
        doc = "The full name of the package. Default: as in `moonbit_library`.",
    ),
    "skip_imports": attr.string_list(
        doc = "Imported interfaces to leave out, as the host adds them to the linker in another way. A trailing `*` stands for any text. Default: those of WASI, which `linker_add_wasip2_or_raise` adds.",
        default = ["wasi:*"],
    ),
    "_packages": attr.label_list(
        default = [
            "//toolchains/wasmtime/moonbit:component",
            "//toolchains/wasmtime/moonbit:wasmtime",
        ],
        providers = [MoonBitInfo],
    ),
}

def _impl(ctx):
    err, path = import_path_of(ctx.label, ctx.attr.import_path)
    if err:
        fail(error_text(ctx.label, err))
    source = ctx.actions.declare_file(ctx.label.name + ".mbt")
    args = ctx.actions.args()
    inputs = add_world(args, named_world(ctx), spans = True)
    args.add_all(ctx.attr.skip_imports, before_each = "--skip")
    args.add("--output", source)
    run_tool(
        ctx,
        toolchain_type = WIT_TOOLCHAIN,
        subcommand = "host-bindgen-moonbit",
        args = args,
        inputs = inputs,
        outputs = [source],
        mnemonic = "WitHostBindgenMoonBit",
        progress_message = "Generating MoonBit host bindings %{label}",
    )
    deps = [dep[MoonBitInfo] for dep in ctx.attr._packages]
    args = ctx.actions.args()
    args.add("--package", path)
    args.add("--warnings", "hide")
    args.add("--source", source, format = source_name(source) + "=%s")
    args.add_all([dep.direct["native"] for dep in deps], before_each = "--import", expand_directories = False)
    packages = depset(order = "postorder", transitive = [dep.packages["native"] for dep in deps])
    args.add_all(packages, before_each = "--packages", expand_directories = False)
    direct = {"native": compile_packages(
        ctx,
        command = "build",
        target = "native",
        name = ctx.label.name + ".native.packages",
        args = args,
        inputs = depset([source], transitive = [packages]),
        progress_message = "Compiling MoonBit host bindings %{label}",
    )}
    return [
        DefaultInfo(files = depset(direct.values())),
        OutputGroupInfo(source = depset([source])),
        moonbit_info(
            direct = direct,
            deps = deps,
            source = moonbit_source(
                path = path,
                srcs = [source],
                imports = ["{}={}".format(dep.path, dep.path.rpartition("/")[2]) for dep in deps],
            ),
        ),
    ]

wit_host_bindgen_moonbit = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [MoonBitInfo],
    toolchains = [
        MOONBIT_TOOLCHAIN,
        WIT_TOOLCHAIN,
    ],
)
