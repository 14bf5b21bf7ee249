"""A program of this machine or of the workspace."""

load(":release.bzl", "build_file")

DOC = """Declares a program that is there already as the target `:<tool>`."""

ATTRS = {
    "path": attr.string(
        doc = "Absolute, relative to the workspace, or a name to look for on PATH.",
        mandatory = True,
    ),
    "tool": attr.string(
        doc = "The name of the tool.",
        mandatory = True,
    ),
}

def path_kind(path):
    """How a path is to be read.

    Args:
      path: string.

    Returns:
      string: `absolute`, `workspace` or `PATH`.
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
        fail("\nerror: failed to find the `local` {}: {}\nhint: correct its `path` in the root's MODULE.bazel, or choose another `strategy`".format(
            rctx.attr.tool,
            {
                "PATH": "no `{}` on PATH".format(path),
                "absolute": "no file `{}`".format(path),
                "workspace": "no file `{}` in the workspace".format(path),
            }[kind],
        ))
    rctx.watch(program)
    src = "program" + (".exe" if program.basename.endswith(".exe") else "")
    rctx.symlink(program, src)
    rctx.file("BUILD.bazel", build_file(rctx.attr.tool, src, "windows_" if src.endswith(".exe") else ""), executable = False)

local_repository = repository_rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    configure = True,
    environ = ["PATH"],
)
