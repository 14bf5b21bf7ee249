"""Executables that are one of the tools under another name.

The executable is a link to the tool, and `<executable>.args` beside it contains the first arguments. So there is no
shell and no script, and the same program works under `bazel run`, under `bazel test` and when it is started by its path.
tools/common/src/launch.rs describes the file.
"""

load("//rules/private/common:labels.bzl", "label_text")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")

LAUNCH_ATTRS = {
    "component": attr.label(
        doc = "The component to run.",
        providers = [WasmComponentInfo],
        mandatory = True,
    ),
    "config": attr.string_dict(
        doc = "Values that `wasi:config/store` returns to the component.",
    ),
    "data": attr.label_list(
        doc = "Files that the component needs at run time. `dirs`, `env` and arguments can refer to them with `$(rlocationpath ...)`.",
        allow_files = True,
    ),
    "dirs": attr.string_dict(
        doc = "Directories that the component can open: path in the component -> directory of the host. A relative " +
              "directory starts at the user's working directory. `$(rlocationpath ...)` names a directory in `data`, " +
              "either a source directory or a declared output; it is always read-only. The suffix `:ro` makes any other " +
              "directory read-only.",
    ),
    "env": attr.string_dict(
        doc = "The environment variables of the component. It sees none of the host's.",
    ),
    "network": attr.string_list(
        doc = "Destinations that the component can reach with HTTP requests and sockets: `HOST` or `HOST:PORT`, where the host " +
              "is a name, an IP address, or `*` for all. By default it reaches nothing. A name also allows the addresses that " +
              "it resolves to.",
    ),
    "wasm_features": attr.string_list(
        doc = "Proposals of the component model that are off by default and that the component needs, such as " +
              "`cm-fixed-length-lists`. An error of a component that needs one names it.",
    ),
}

def runfiles_path(file):
    """Returns the argument that stands for a file in the runfiles, for `map_each`.

    Args:
      file: File.

    Returns:
      string
    """
    path = file.short_path
    return "rlocation:" + (path[len("../"):] if path.startswith("../") else "_main/" + path)

def launch_tool(ctx, *, tool, args, runfiles):
    """Declares an executable that runs a tool.

    Args:
      ctx: the rule's context.
      tool: ToolchainInfo of a `tool_toolchain`.
      args: Args, the first arguments, with paths from `runfiles_path`. Arguments of the user follow.
      runfiles: list[runfiles], the files that the command line names, and what they need.

    Returns:
      list[Provider]: DefaultInfo with the executable and its runfiles.
    """
    program = tool.tool.executable

    # Windows runs only files with the extension.
    extension = ".exe" if program.extension == "exe" else ""
    executable = ctx.actions.declare_file(ctx.label.name + extension)
    ctx.actions.symlink(output = executable, target_file = program, is_executable = True)
    args_file = ctx.actions.declare_file(executable.basename + ".args")
    args.set_param_file_format("shell")
    ctx.actions.write(args_file, args)
    return [DefaultInfo(
        executable = executable,
        files = depset([executable, args_file]),
        runfiles = ctx.runfiles([executable, args_file]).merge_all(runfiles + getattr(tool, "runfiles", [])),
    )]

def launch_component(ctx, *, runner, subcommand, options = [], files = {}, args = None):
    """Declares an executable that runs a component.

    Args:
      ctx: the context of a rule with LAUNCH_ATTRS.
      runner: ToolchainInfo of a `tool_toolchain`.
      subcommand: string, the subcommand of the runner.
      options: list[string], further options of the subcommand.
      files: dict[string, File], further options of the subcommand -> their values.
      args: list[string] or None, the first arguments of the component. With None, what the user adds are options of the
        subcommand.

    Returns:
      list[Provider]: DefaultInfo with the executable and its runfiles.
    """

    def expand(text):
        return ctx.expand_location(text, ctx.attr.data)

    def dir_option(guest, host):
        expanded = expand(host)
        if expanded != host:
            return "rlocation:{}::{}:ro".format(expanded, guest)
        path = host.removesuffix(":ro")
        return "{}::{}{}".format(path, guest, host[len(path):])

    component = ctx.attr.component[WasmComponentInfo].component
    command = ctx.actions.args()
    command.add(subcommand)
    command.add("--label", label_text(ctx.label))
    command.add_all([
        "{}={}".format(name, expand(value))
        for name, value in sorted(ctx.attr.env.items())
    ], format_each = "--env=%s")
    command.add_all([
        dir_option(guest, host)
        for guest, host in sorted(ctx.attr.dirs.items())
    ], before_each = "--dir")
    command.add_all(ctx.attr.network, format_each = "--network=%s")
    command.add_all([
        "{}={}".format(name, expand(value))
        for name, value in sorted(ctx.attr.config.items())
    ], format_each = "--config=%s")
    command.add_all(ctx.attr.wasm_features, format_each = "--wasm-feature=%s")
    command.add_all(options)
    for option, file in files.items():
        command.add_all([file], before_each = option, map_each = runfiles_path)
    command.add_all([component], map_each = runfiles_path)
    if args != None:
        command.add("--")
        command.add_all([expand(arg) for arg in args])
    return launch_tool(
        ctx,
        tool = runner,
        args = command,
        runfiles = [ctx.runfiles([component] + files.values() + ctx.files.data)] +
                   [data[DefaultInfo].default_runfiles for data in ctx.attr.data],
    )
