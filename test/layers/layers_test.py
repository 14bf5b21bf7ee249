#!/usr/bin/env python3
"""Checks the layers of this repository; see ARCHITECTURE.md.

- Files of a Rust crate in tools/ do not import each other in a cycle, and only main.rs imports a command.
- //checksums loads nothing of //toolchains.
- The public files rules/*.bzl only re-export, and only rules/rust_crates.bzl loads private files of rules_rust.
- A file in rules/private defines the rule of its name.

Argument: a file in the root of the repository. The test follows it to the source tree, as no target sees all packages.
"""

import os
import sys

import rust_layers
import starlark_loads

_SKIPPED = {".git", "node_modules", "target", "third_party"}


def starlark_files():
    """The .bzl files of the repository, path -> text."""
    found = {}
    for base, folders, names in os.walk("."):
        folders[:] = [name for name in folders if name not in _SKIPPED and not name.startswith("bazel-")]
        for name in names:
            if name.endswith(".bzl"):
                path = os.path.normpath(os.path.join(base, name))
                with open(path, encoding="utf-8") as file:
                    found[path] = file.read()
    return found


def main(marker):
    os.chdir(os.path.dirname(os.path.realpath(marker)))
    problems, rust = rust_layers.check("tools")
    starlark = starlark_files()
    problems += starlark_loads.check(starlark)
    for problem in problems:
        print(problem, end="\n\n")
    print(f"{rust} Rust files, {len(starlark)} Starlark files, {len(problems)} problems")
    return 1 if problems or not rust or not starlark else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
