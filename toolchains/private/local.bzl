"""The repository rule for a program of the machine or of the workspace."""

load(":program_build_file.bzl", "program_build_file")

DOC = """Declares an existing program as the target `:<tool>`. Fails if there is no such file.
"""

ATTRS = {
    "path": attr.string(
        doc = "An absolute path, a path relative to the workspace, or a name on `PATH`.",
        mandatory = True,
    ),
    "tool": attr.string(
        doc = "The name of the tool.",
        mandatory = True,
    ),
}

def path_kind(path):
    """Returns what a path is relative to.

    Args:
      path: string.

    Returns:
      string: `absolute`, `workspace`, or `PATH` for a name without a folder.
    """
    path = path.replace("\\", "/")
    if path.startswith("/") or path[1:3] == ":/":
        return "absolute"
    return "workspace" if "/" in path else "PATH"

def _impl(rctx):
    path = rctx.attr.path
    kind = path_kind(path)
    if kind == "PATH":
        program = rctx.which(path)
    elif kind == "absolute":
        program = rctx.path(path)
    else:
        program = rctx.path(str(rctx.workspace_root) + "/" + path)
    if not program or not program.exists or program.is_dir:
        fail("\nerror: failed to find the `local` {}: {}\nhint: correct its `path` in MODULE.bazel of the root module, or change its `strategy`".format(
            rctx.attr.tool,
            {
                "PATH": "no `{}` on PATH".format(path),
                "absolute": "no file `{}`".format(path),
                "workspace": "no file `{}` in the workspace".format(path),
            }[kind],
        ))
    rctx.watch(program)
    windows = program.basename.endswith(".exe")
    src = "program.exe" if windows else "program"
    rctx.symlink(program, src)
    rctx.file("BUILD.bazel", program_build_file(rctx.attr.tool, src, windows = windows), executable = False)

local_repository = repository_rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    configure = True,
    environ = ["PATH"],
)
