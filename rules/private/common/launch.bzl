"""What wasm_component_binary and wasm_component_test share: the runner, started by a file that says what to run.

The executable is the runner itself; it finds `<executable>.launch.json` beside it. So there is no shell and no script,
and the same program runs under `bazel run`, under `bazel test` and by its path.
"""

load("//rules/private/common:actions.bzl", "label_text")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")

ATTRS = {
    "component": attr.label(
        doc = "The component to run.",
        providers = [WasmComponentInfo],
        mandatory = True,
    ),
    "env": attr.string_dict(
        doc = "The environment that the component sees; nothing of the machine's is passed on.",
    ),
    "dirs": attr.string_dict(
        doc = "Directories that the component sees: its own name for it -> a directory of the machine. A relative one is " +
              "meant from where the user stands, `$(rlocationpath ...)` names a directory of `data` (a source directory, or one " +
              "that a rule made; always read-only), and a suffix `:ro` makes another one read-only.",
    ),
    "data": attr.label_list(
        doc = "Files that must be there when the component runs; `dirs` and `env` can name them.",
        allow_files = True,
    ),
}

def _runfiles_path(ctx, file):
    if file.short_path.startswith("../"):
        return file.short_path[len("../"):]
    return ctx.workspace_name + "/" + file.short_path

def _expand(ctx, text):
    return ctx.expand_location(text, ctx.attr.data)

def _expand_dir(ctx, text):
    expanded = _expand(ctx, text)
    return expanded if expanded == text else "rlocation:" + expanded

def launch(ctx, runner, kind, **settings):
    """Makes the executable of a rule that runs a component.

    Args:
      ctx: the rule's context, with ATTRS.
      runner: FilesToRunProvider of the runner.
      kind: string, `run` or `test`.
      **settings: what else stands in the launch file.

    Returns:
      list[Provider], DefaultInfo with the executable and its runfiles.
    """
    component = ctx.attr.component[WasmComponentInfo].component
    executable = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = executable, target_file = runner.executable, is_executable = True)
    launch_file = ctx.actions.declare_file(ctx.label.name + ".launch.json")
    ctx.actions.write(launch_file, json.encode_indent(dict(
        {
            "version": 1,
            "label": label_text(ctx.label),
            "kind": kind,
            "component": _runfiles_path(ctx, component),
            "env": {name: _expand(ctx, value) for name, value in ctx.attr.env.items()},
            "dirs": {name: _expand_dir(ctx, value) for name, value in ctx.attr.dirs.items()},
        },
        **settings
    )) + "\n")
    runfiles = ctx.runfiles([component, executable, launch_file] + ctx.files.data).merge_all(
        [data[DefaultInfo].default_runfiles for data in ctx.attr.data],
    )
    return [DefaultInfo(
        executable = executable,
        files = depset([executable, launch_file]),
        runfiles = runfiles,
    )]
