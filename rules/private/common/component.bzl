"""Components: the actions that make and validate them, and the providers of rules that return one."""

load("//rules/private/common:actions.bzl", "default_info", "run_tool")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN")
load("//rules/private/common:world.bzl", "add_world")
load("//rules/private/providers:wasm_component_info.bzl", "wasm_component_info")

NO_WORLD = struct(
    features = [],
    name = None,
    wit = None,
)

def make_component(ctx, *, subcommand, args, inputs, mnemonic, progress_message, suffix = ".wasm"):
    """Declares an action that makes the component `<name>.wasm`.

    Args:
      ctx: the context of a rule with COMPONENT_TOOLCHAIN.
      subcommand: string, the subcommand of `component`.
      args: Args, its arguments except for the output.
      inputs: depset[File].
      mnemonic: string.
      progress_message: string, with `%{label}`.
      suffix: string, the end of the component's file name, after the name of the target.

    Returns:
      File, the component.
    """
    component = ctx.actions.declare_file(ctx.label.name + suffix)
    args.add("-o", component)
    run_tool(
        ctx,
        toolchain_type = COMPONENT_TOOLCHAIN,
        subcommand = subcommand,
        args = args,
        inputs = inputs,
        outputs = [component],
        mnemonic = mnemonic,
        progress_message = progress_message,
    )
    return component

def _validate(ctx, component, *, world, allow_imports):
    stamp = ctx.actions.declare_file(ctx.label.name + ".validated")
    args = ctx.actions.args()
    args.add(component)
    args.add("--stamp", stamp)
    inputs = add_world(args, world)
    args.add_all(allow_imports, before_each = "--allow-import")
    run_tool(
        ctx,
        toolchain_type = COMPONENT_TOOLCHAIN,
        subcommand = "validate",
        args = args,
        inputs = depset([component], transitive = [inputs]),
        outputs = [stamp],
        mnemonic = "WasmComponentValidate",
        progress_message = "Validating component %{label}",
    )
    return stamp

def component_providers(ctx, component, *, world = NO_WORLD, allow_imports = [], output_groups = {}, validations = []):
    """Makes the providers of a component, and declares the action that validates it.

    The component is checked against the specification, and against its world if it has one.

    Args:
      ctx: the context of a rule with COMPONENT_TOOLCHAIN.
      component: File.
      world: struct, as `named_world` returns it.
      allow_imports: list[string], imports that are allowed in addition to those of the world, such as `wasi:*`.
      output_groups: dict[string, depset[File]], output groups besides `_validation`.
      validations: list[File], the outputs of further validation actions.

    Returns:
      list[Provider]: DefaultInfo, OutputGroupInfo and WasmComponentInfo.
    """
    validated = _validate(
        ctx,
        component,
        world = world,
        # Without a world, every import is allowed.
        allow_imports = allow_imports if world.wit else [],
    )
    return [
        default_info(ctx, component),
        OutputGroupInfo(
            _validation = depset([validated] + validations),
            **output_groups
        ),
        wasm_component_info(component = component, wit = world.wit, world = world.name),
    ]
