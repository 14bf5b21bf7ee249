"""Actions that run one of the tools."""

load("//rules/private/common:labels.bzl", "label_text")

# The command lines hold Files only, so Bazel may rewrite output paths and share one result among configurations.
PATH_MAPPING = {"supports-path-mapping": "1"}

def run_tool(ctx, *, toolchain_type, subcommand, args, inputs, outputs, mnemonic, progress_message, tools = []):
    """Declares an action that runs a subcommand of a tool, without a shell.

    Args:
      ctx: the rule's context.
      toolchain_type: Label, the toolchain type of the tool.
      subcommand: string.
      args: Args, the arguments after the subcommand.
      inputs: depset[File].
      outputs: list[File].
      mnemonic: string.
      progress_message: string, with `%{label}`.
      tools: list, programs that the tool runs itself, as `ctx.actions.run` takes them.
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

def program_files(toolchain):
    """Returns a program that a tool runs, with its shared libraries, which a source file has as runfiles of its target.

    Args:
      toolchain: ToolchainInfo of a `tool_toolchain`.

    Returns:
      list, for the argument `tools` of `run_tool`.
    """
    return [toolchain.tool] + [runfiles.files for runfiles in toolchain.runfiles]

def default_info(ctx, file):
    """Makes the DefaultInfo of a rule with one output.

    Args:
      ctx: the rule's context.
      file: File, the output.

    Returns:
      DefaultInfo, with the output in the runfiles too.
    """
    return DefaultInfo(
        files = depset([file]),
        runfiles = ctx.runfiles([file]),
    )
