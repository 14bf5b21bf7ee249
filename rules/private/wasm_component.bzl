"""wasm_component: a component from a core module."""

load("//rules/private/common:component.bzl", "component_providers", "make_component")
load("//rules/private/common:labels.bzl", "error_text")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN")
load("//rules/private/common:tooling_groups.bzl", "tooling_groups")
load("//rules/private/common:wasm_transition.bzl", "TRANSITION_ATTRS", "wasm_transition")
load("//rules/private/common:world.bzl", "WORLD_ATTRS", "named_world")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")
load("//rules/private/providers:wasm_module_info.bzl", "WasmModuleInfo")

DOC = """Makes a component from a core module that any WebAssembly toolchain linked.

The module is built for the WebAssembly platform in `platform`, regardless of `--platforms`. A validation action checks
the component against the specification and, if `wit` and `world` are set, against that world. For a module from
`wasm_component_lower` or `wasm_static_link`, the world of the module is the default.

Outputs: `<name>.wasm`. Output groups: `module` (the core module).
"""

ATTRS = TRANSITION_ATTRS | WORLD_ATTRS | {
    "module": attr.label(
        doc = "The core module, with the custom sections in which bindings describe its world.",
        cfg = wasm_transition,
        allow_files = True,
        mandatory = True,
    ),
}

def modules_of(ctx):
    """Returns the values of the attribute `module`.

    Args:
      ctx: the context of a rule with ATTRS.

    Returns:
      list[Target]
    """

    # In some versions of Bazel, the value of an attribute with a transition is a list.
    return ctx.attr.module if type(ctx.attr.module) == "list" else [ctx.attr.module]

def _world(ctx):
    world = named_world(ctx)
    known = [target[WasmModuleInfo] for target in modules_of(ctx) if WasmModuleInfo in target]
    if world.wit or not known:
        return world
    return struct(
        features = world.features,
        name = known[0].world,
        wit = known[0].wit,
    )

def wasm_component_impl(ctx):
    """Declares the actions of a component.

    Args:
      ctx: the context of a rule with ATTRS and COMPONENT_TOOLCHAIN.

    Returns:
      list[Provider]: DefaultInfo, OutputGroupInfo and WasmComponentInfo.
    """
    modules = [file for file in ctx.files.module if file.extension == "wasm"]
    if len(modules) != 1:
        fail(error_text(ctx.label, "`module` has {} `.wasm` outputs instead of one\nhint: name a target with one core module".format(len(modules))))
    module = modules[0]
    world = _world(ctx)

    args = ctx.actions.args()
    args.add(module)

    # rustc's own linker for wasm32-wasip2 already makes a component; other linkers make a module.
    args.add("--allow-component")
    if ctx.attr.optimize in ("speed", "size"):
        args.add("--strip")
    component = make_component(
        ctx,
        subcommand = "new",
        args = args,
        inputs = depset([module]),
        mnemonic = "WasmComponentNew",
        progress_message = "Making component %{label}",
    )
    return component_providers(
        ctx,
        component,
        world = world,
        # Standard libraries import WASI, whether or not the world does.
        allow_imports = ["wasi:*"] if ctx.attr.platform == "wasip2" else [],
        output_groups = tooling_groups(modules_of(ctx)) | {"module": depset([module])},
    )

wasm_component = rule(
    implementation = wasm_component_impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [WasmComponentInfo],
    toolchains = [COMPONENT_TOOLCHAIN],
)
