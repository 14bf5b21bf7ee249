"""Executables that are one of the tools under another name.

The executable is a link to the tool, which finds its settings in a file beside it. So there is no shell and no script,
and the same program works under `bazel run`, under `bazel test` and when it is started by its path.
"""

load("//rules/private/common:labels.bzl", "label_text")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")

LAUNCH_ATTRS = {
    "component": attr.label(
        doc = "The component to run.",
        providers = [WasmComponentInfo],
        mandatory = True,
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
}

def short_path(file):
    """Returns the path of a file below the runfiles of the main repository, for `map_each`.

    Args:
      file: File.

    Returns:
      string
    """
    return file.short_path

def _runfiles_path(ctx, file):
    if file.short_path.startswith("../"):
        return file.short_path[len("../"):]
    return ctx.workspace_name + "/" + file.short_path

def _executable(ctx, *, tool, settings, runfiles):
    executable = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = executable, target_file = tool.executable, is_executable = True)
    return [DefaultInfo(
        executable = executable,
        files = depset([executable, settings]),
        runfiles = ctx.runfiles([executable, settings]).merge_all(runfiles),
    )]

def launch_component(ctx, *, runner, kind, settings):
    """Declares the executable of a rule that runs a component.

    Args:
      ctx: the context of a rule with LAUNCH_ATTRS.
      runner: FilesToRunProvider.
      kind: string, `run` or `test`.
      settings: dict, further entries of `<name>.launch.json`.

    Returns:
      list[Provider]: DefaultInfo with the executable and its runfiles.
    """

    def expand(text):
        return ctx.expand_location(text, ctx.attr.data)

    def expand_dir(text):
        expanded = expand(text)
        return expanded if expanded == text else "rlocation:" + expanded

    component = ctx.attr.component[WasmComponentInfo].component
    launch_file = ctx.actions.declare_file(ctx.label.name + ".launch.json")
    ctx.actions.write(launch_file, json.encode_indent({
        "version": 1,
        "label": label_text(ctx.label),
        "kind": kind,
        "component": _runfiles_path(ctx, component),
        "env": {name: expand(value) for name, value in ctx.attr.env.items()},
        "dirs": {name: expand_dir(value) for name, value in ctx.attr.dirs.items()},
    } | settings) + "\n")
    return _executable(
        ctx,
        tool = runner,
        settings = launch_file,
        runfiles = [ctx.runfiles([component] + ctx.files.data)] +
                   [data[DefaultInfo].default_runfiles for data in ctx.attr.data],
    )

def launch_tool(ctx, *, tool, args, inputs):
    """Declares the executable of a test that is a subcommand of a tool.

    Args:
      ctx: the rule's context.
      tool: FilesToRunProvider.
      args: Args, the command line of the tool, with paths from `short_path`.
      inputs: depset[File], the files that the command line names.

    Returns:
      list[Provider]: DefaultInfo with the executable and its runfiles.
    """
    args_file = ctx.actions.declare_file(ctx.label.name + ".args")
    args.set_param_file_format("multiline")
    ctx.actions.write(args_file, args)
    return _executable(
        ctx,
        tool = tool,
        settings = args_file,
        runfiles = [ctx.runfiles(transitive_files = inputs)],
    )
