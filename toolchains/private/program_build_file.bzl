"""The BUILD file of a repository that contains programs."""

_LOAD = """\
load("@bazel_skylib//rules:native_binary.bzl", "native_binary")
"""

_SDK = """\
load("@rules_wit//toolchains:defs.bzl", "wasi_sdk")

wasi_sdk(directory = "{directory}")

"""

_PROGRAM = """
native_binary(
    name = "{tool}",
    src = "{src}",
    out = "{out}",{data}
    visibility = ["//visibility:public"],
)
"""

_DATA = """
    data = glob(
        ["**"],
        exclude = ["{src}", "BUILD.bazel", "REPO.bazel"],
        allow_empty = True,
    ),"""

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
    return _LOAD + _program(tool, src, _DATA.format(src = src), windows)

def programs_build_file(programs, *, windows):
    """Renders a BUILD file with a target for each of several programs, which need no other file.

    Args:
      programs: dict[string, string], the name of the target -> the path of the program in the repository.
      windows: bool, whether the programs need the suffix `.exe`.

    Returns:
      string.
    """
    return _LOAD + "".join([_program(tool, src, "", windows) for tool, src in programs.items()])

def sdk_build_file(directory):
    """Renders the beginning of a BUILD file with the C toolchains of a WASI SDK.

    Args:
      directory: string, the folder of the SDK in the repository.

    Returns:
      string.
    """
    return _SDK.format(directory = directory)

def _program(tool, src, data, windows):
    return _PROGRAM.format(
        tool = tool,
        src = src,
        data = data,
        # In a separate folder, because the program may have the name of the target.
        out = "bin/" + tool + (".exe" if windows else ""),
    )
