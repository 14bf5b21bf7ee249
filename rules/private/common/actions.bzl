"""What the actions of all rules share."""

# An action whose command line holds only Files that Bazel formats itself may have its output paths
# rewritten, so that one result serves several configurations.
PATH_MAPPING = {"supports-path-mapping": "1"}

def label_text(label):
    """A label as its user writes it.

    Args:
      label: Label.

    Returns:
      string: `//package:name`, or `@repository//package:name` outside the main repository.
    """
    text = str(label).lstrip("@")
    repository, _, rest = text.partition("//")
    return ("@" + repository if repository else "") + "//" + rest

def add_wit(args, wit, *, world = None):
    """Adds a WIT package, its closure and a world of it to a command line.

    Args:
      args: Args.
      wit: WitInfo.
      world: string or None, the world that is meant.

    Returns:
      depset[File], the inputs that the options name.
    """
    args.add("--wit", wit.wit)
    args.add_all(wit.deps, before_each = "--dep")
    if world:
        args.add("--world", world)
    return depset([wit.wit], transitive = [wit.deps])

def add_packages(args, packages):
    """Adds WIT packages with all that they depend on to a command line, each file once.

    Args:
      args: Args.
      packages: list[WitInfo].

    Returns:
      depset[File], the inputs that the options name.
    """
    args.add_all([wit.wit for wit in packages], before_each = "--wit", uniquify = True)
    deps = depset(transitive = [wit.deps for wit in packages])
    args.add_all(deps, before_each = "--dep")
    return depset([wit.wit for wit in packages], transitive = [deps])

def run_tool(ctx, toolchain_type, subcommand, args, *, inputs, outputs, mnemonic, progress_message, tools = []):
    """Runs one of the small tools as an action: no shell, no network, paths as Files.

    Args:
      ctx: the rule's context.
      toolchain_type: Label, whose toolchain has the tool.
      subcommand: string, the tool's subcommand.
      args: Args, what comes after the subcommand.
      inputs: depset[File].
      outputs: list[File].
      mnemonic: string.
      progress_message: string, with `%{label}`.
      tools: list[FilesToRunProvider], programs that the tool starts in turn.
    """
    head = ctx.actions.args()
    head.add(subcommand)
    head.add("--label", label_text(ctx.label))
    args.use_param_file("@%s")
    args.set_param_file_format("multiline")
    ctx.actions.run(
        executable = ctx.toolchains[toolchain_type].tool,
        arguments = [head, args],
        inputs = inputs,
        outputs = outputs,
        tools = tools,
        mnemonic = mnemonic,
        progress_message = progress_message,
        toolchain = toolchain_type,
        execution_requirements = PATH_MAPPING,
    )

def validate_component(ctx, component, *, wit = None, world = None, wit_features = [], allow_imports = []):
    """Declares the action that checks a component against the specification and its world.

    Args:
      ctx: the rule's context; the rule needs COMPONENT_TOOLCHAIN.
      component: File.
      wit: WitInfo or None, the package of the world.
      world: string or None.
      wit_features: list[string], feature gates that are open in the world.
      allow_imports: list[string], imports beyond the world's that are fine, such as `wasi:*`.

    Returns:
      File, for the `_validation` output group.
    """
    stamp = ctx.actions.declare_file(ctx.label.name + ".validated")
    args = ctx.actions.args()
    args.add(component)
    args.add("--stamp", stamp)
    inputs = [depset([component])]
    if wit:
        inputs.append(add_wit(args, wit, world = world))
        args.add_all(wit_features, before_each = "--feature")
        args.add_all(allow_imports, before_each = "--allow-import")
    run_tool(
        ctx,
        COMPONENT_TOOLCHAIN,
        "validate",
        args,
        inputs = depset(transitive = inputs),
        outputs = [stamp],
        mnemonic = "WasmComponentValidate",
        progress_message = "Validating component %{label}",
    )
    return stamp

WIT_TOOLCHAIN = Label("//toolchains:wit_toolchain_type")
COMPONENT_TOOLCHAIN = Label("//toolchains:component_toolchain_type")
RUNNER_TOOLCHAIN = Label("//toolchains:runner_toolchain_type")
WIT_BINDGEN_TOOLCHAIN = Label("//toolchains:wit_bindgen_toolchain_type")
WASM_LD_TOOLCHAIN = Label("//toolchains:wasm_ld_toolchain_type")
