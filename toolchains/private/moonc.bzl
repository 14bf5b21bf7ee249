"""Actions that run `moonc`, which compiles MoonBit."""

# The targets that can be linked, and those that can only be type-checked.
LINKED_TARGETS = ["wasm", "wasm-gc", "js"]
CHECKED_TARGETS = ["native"]

def run_moonc(ctx, *, moonbit, command, label, target, args, inputs, outputs, mnemonic, progress_message, toolchain):
    """Declares an action that runs a command of `moonc` (//tools/moonc), without a shell.

    Args:
      ctx: the rule's context.
      moonbit: struct or ToolchainInfo with `node` (FilesToRunProvider), `moonc` (list[File], `main.mjs` first) and `compiler`
        (File).
      command: string.
      label: string, the label of the target, for errors.
      target: string, one of LINKED_TARGETS and CHECKED_TARGETS.
      args: Args, further arguments.
      inputs: depset[File], further inputs.
      outputs: list[File].
      mnemonic: string.
      progress_message: string, with `%{label}`.
      toolchain: Label or None, the toolchain type that `moonbit` is from.
    """
    head = ctx.actions.args()
    head.add(moonbit.moonc[0])
    head.add(command)
    head.add("--label", label)
    head.add("--compiler", moonbit.compiler)
    head.add("--target", target)
    args.use_param_file("@%s")
    args.set_param_file_format("multiline")
    ctx.actions.run(
        executable = moonbit.node,
        arguments = [head, args],
        inputs = depset(moonbit.moonc + [moonbit.compiler], transitive = [inputs]),
        outputs = outputs,
        mnemonic = mnemonic,
        progress_message = progress_message,
        toolchain = toolchain,
        # The command line holds Files only.
        execution_requirements = {"supports-path-mapping": "1"},
    )
