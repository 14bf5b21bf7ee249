"""The BUILD file of a repository that contains one program."""

_BUILD = """\
load("@bazel_skylib//rules:native_binary.bzl", "native_binary")

native_binary(
    name = "{tool}",
    src = "{src}",
    out = "{out}",
    data = glob(
        ["**"],
        exclude = ["{src}", "BUILD.bazel", "REPO.bazel"],
        allow_empty = True,
    ),
    visibility = ["//visibility:public"],
)
"""

def program_build_file(tool, src, *, windows):
    """Renders a BUILD file with a program as its only target.

    All other files of the repository are data of the program.

    Args:
      tool: string, the name of the target.
      src: string, the path of the program in the repository.
      windows: bool, whether the program needs the suffix `.exe`.

    Returns:
      string.
    """
    return _BUILD.format(
        tool = tool,
        src = src,
        # In a separate folder, because the program may have the name of the target.
        out = "bin/" + tool + (".exe" if windows else ""),
    )
