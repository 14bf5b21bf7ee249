"""The action that makes the dylib of a world."""

load("//rules/private/common:actions.bzl", "run_tool")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN")
load("//rules/private/common:world.bzl", "add_world")

def make_dylib(ctx, *, world, interpreter = "", encoding = "utf8", async_filter = [], has_async = True, has_streams = True, suffix = ""):
    """Declares an action that makes the dylib of a world. It depends on the WIT alone.

    Args:
      ctx: the context of a rule with COMPONENT_TOOLCHAIN.
      world: struct, as `named_world` returns it.
      interpreter: string, the file name of the interpreter's library if it is linked as a library, or empty.
      encoding: string, the encoding of strings.
      async_filter: list[string], which functions are async.
      has_async: bool, whether the interpreter supports asynchronous functions.
      has_streams: bool, whether it supports futures and streams.
      suffix: string, the end of the files' names after the name of the target, before `.world`.

    Returns:
      struct: `library` and `metadata` (File).
    """
    library = ctx.actions.declare_file(ctx.label.name + suffix + ".world.so")
    metadata = ctx.actions.declare_file(ctx.label.name + suffix + ".world.json")
    args = ctx.actions.args()
    inputs = add_world(args, world, spans = True)
    if interpreter:
        args.add("--interpreter", interpreter)
    args.add("--encoding", encoding)
    args.add_joined(async_filter, join_with = ",", format_joined = "--async=%s")
    if not has_async:
        args.add("--no-async")
    if not has_streams:
        args.add("--no-streams")
    args.add("--metadata", metadata)
    args.add("-o", library)
    run_tool(
        ctx,
        toolchain_type = COMPONENT_TOOLCHAIN,
        subcommand = "dylib",
        args = args,
        inputs = inputs,
        outputs = [library, metadata],
        mnemonic = "WitDylib",
        progress_message = "Generating dylib of world %{label}",
    )
    return struct(library = library, metadata = metadata)
