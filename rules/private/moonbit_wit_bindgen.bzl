"""moonbit_wit_bindgen: the MoonBit bindings of a world."""

load("//rules/private/common:actions.bzl", "run_tool")
load("//rules/private/common:moonbit.bzl", "compile_packages")
load("//rules/private/common:toolchain_types.bzl", "MOONBIT_TOOLCHAIN", "WIT_BINDGEN_MOONBIT_TOOLCHAIN", "WIT_TOOLCHAIN")
load("//rules/private/common:world.bzl", "add_world", "named_world", "world_attrs")
load("//rules/private/providers:moonbit_bindings_info.bzl", "MoonBitBindingsInfo", "moonbit_bindings_info")
load("//rules/private/providers:moonbit_info.bzl", "MoonBitInfo", "moonbit_info")

DOC = """Generates the MoonBit bindings of a world.

A [`moonbit_wasm_component`](#moonbit_wasm_component) implements the exports of the world. Its sources, and libraries that
have the bindings in `deps`, call imports: a function `f` of the interface `example:shop/store` is `@store.f` or
`@shop/store.f`, of which only the latter exists if another import is called `store`. Functions of the world itself are in
`@<world>`.

A world with async functions, futures or streams is an error that names the function.

Outputs: a directory with the generated sources.
"""

ATTRS = world_attrs(mandatory = True) | {
    "derive": attr.string_list(
        doc = "Traits that all generated types derive: `debug`, `eq` and `show`.",
    ),
}

def bindings_option(args, directory):
    """Adds generated bindings to a command line of `moonc`.

    Args:
      args: Args.
      directory: File, the bindings.
    """
    args.add_all(
        [directory],
        before_each = "--bindings",
        expand_directories = False,
        format_each = directory.short_path.removeprefix("../").replace("%", "%%") + "=%s",
    )

def _impl(ctx):
    world = named_world(ctx)
    generator = ctx.toolchains[WIT_BINDGEN_MOONBIT_TOOLCHAIN]
    directory = ctx.actions.declare_directory(ctx.label.name)
    args = ctx.actions.args()
    args.add("--generator", generator.tool.executable)
    if generator.version:
        args.add("--generator-version", generator.version)
    inputs = add_world(args, world, spans = True)
    args.add_all(ctx.attr.derive, before_each = "--derive")
    args.add_all([directory], before_each = "--output", expand_directories = False)
    run_tool(
        ctx,
        toolchain_type = WIT_TOOLCHAIN,
        subcommand = "bindgen-moonbit",
        args = args,
        inputs = inputs,
        outputs = [directory],
        tools = [generator.tool],
        mnemonic = "WitBindgenMoonBit",
        progress_message = "Generating MoonBit bindings %{label}",
    )
    args = ctx.actions.args()
    bindings_option(args, directory)
    compiled = compile_packages(
        ctx,
        command = "imports",
        target = "wasm",
        name = ctx.label.name + ".wasm.packages",
        args = args,
        inputs = depset([directory]),
        progress_message = "Compiling MoonBit bindings %{label}",
    )
    return [
        DefaultInfo(files = depset([directory])),
        moonbit_bindings_info(directory = directory, world = world),
        moonbit_info(deps = [], direct = {"wasm": compiled}),
    ]

moonbit_wit_bindgen = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [
        MoonBitBindingsInfo,
        MoonBitInfo,
    ],
    toolchains = [
        MOONBIT_TOOLCHAIN,
        WIT_BINDGEN_MOONBIT_TOOLCHAIN,
        WIT_TOOLCHAIN,
    ],
)
