"""The action that takes a snapshot of a component that has started."""

load("//rules/private/common:actions.bzl", "run_tool")
load("//rules/private/common:toolchain_types.bzl", "RUNNER_TOOLCHAIN")

def make_snapshot(ctx, component, *, scripts = None):
    """Declares an action that makes `<name>.wasm`, which starts with the state that a component has after it has started.

    Args:
      ctx: the context of a rule with RUNNER_TOOLCHAIN.
      component: File, the component to start.
      scripts: File or None, the core module with the scripts of the component.

    Returns:
      File, the component with the state.
    """
    snapshot = ctx.actions.declare_file(ctx.label.name + ".wasm")
    args = ctx.actions.args()
    args.add(component)
    if scripts:
        args.add("--scripts", scripts)
    args.add("-o", snapshot)
    run_tool(
        ctx,
        toolchain_type = RUNNER_TOOLCHAIN,
        subcommand = "preinit",
        args = args,
        inputs = depset([component] + ([scripts] if scripts else [])),
        outputs = [snapshot],
        mnemonic = "WasmComponentPreinit",
        progress_message = "Starting component %{label}",
    )
    return snapshot
