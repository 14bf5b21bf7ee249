#!/usr/bin/env python3
"""Checks or fixes the format of all source files of a kind.

Usage: lint.py KIND PROGRAM FILE         checks, and fails on a difference or a warning
       lint.py fix (KIND PROGRAM)...     fixes, in the workspace that `bazel run` was started in

KIND is `starlark` (PROGRAM is buildifier, which lints too) or `rust` (rustfmt). FILE is a file in the root of the
repository: the test follows it to the source tree, as no target sees the files of all packages.

Buildifier's settings are in .buildifier.json. Of its default warnings, `bzl-visibility` is off: a folder `private` is private
to this repository, and its tests load from there.
"""

import os
import subprocess
import sys

_SKIPPED = {".git", "node_modules", "target"}

# Components contain the line numbers of these files, as locations of panics: another layout would change published bytes.
_KEPT = ("examples/airssys/", "rules/runtime/")

_STARLARK_NAMES = {"BUILD", "BUILD.bazel", "MODULE.bazel", "REPO.bazel"}

_COMMANDS = {
    "starlark": {
        "matches": lambda path: os.path.basename(path) in _STARLARK_NAMES or path.endswith(".bzl"),
        "check": ["-mode=check"],
        "fix": ["-mode=fix", "-lint=fix"],
    },
    "rust": {
        "matches": lambda path: path.endswith(".rs") and not path.startswith(_KEPT),
        "check": ["--edition=2021", "--check"],
        "fix": ["--edition=2021"],
    },
}


def source_files(matches):
    """The source files below the current directory.

    Args:
        matches: function from a relative path to bool.

    Returns:
        list[str]: relative paths, sorted.
    """
    found = []
    for base, folders, names in os.walk("."):
        folders[:] = [name for name in folders if name not in _SKIPPED and not name.startswith("bazel-")]
        found += [os.path.normpath(os.path.join(base, name)) for name in names]
    return sorted(path for path in found if matches(path))


def run(kind, program, mode):
    """Runs a program on all files of a kind in the current directory.

    Args:
        kind: str, `starlark` or `rust`.
        program: str, absolute path.
        mode: str, `check` or `fix`.

    Returns:
        int: an exit code.
    """
    command = _COMMANDS[kind]
    files = source_files(command["matches"])
    if not files:
        print(f"error: no {kind} files in {os.getcwd()}")
        return 1
    code = subprocess.run([program, *command[mode], *files], check=False).returncode
    print(f"{len(files)} {kind} files")
    if code and mode == "check":
        print(f"error: {kind} files have a wrong format or warnings, see above\nhint: bazel run //tools:format")
    return code


def main(arguments):
    if arguments[0] != "fix":
        kind, program, marker = arguments
        program = os.path.abspath(program)
        os.chdir(os.path.dirname(os.path.realpath(marker)))
        return run(kind, program, "check")
    pairs = [(kind, os.path.abspath(program)) for kind, program in zip(arguments[1::2], arguments[2::2])]
    os.chdir(os.environ["BUILD_WORKSPACE_DIRECTORY"])
    return max(run(kind, program, "fix") for kind, program in pairs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
