#!/usr/bin/env python3
"""Compares the declarations of `js_wit_types` with those that jco generates for guests.

Usage: jco_test.py GENERATE PACKAGE LOCK WORLD WIT DECLARATIONS
  GENERATE       generate.mjs
  PACKAGE, LOCK  package.json and package-lock.json with jco
  WORLD          the name of the world
  WIT            the file that declares it
  DECLARATIONS   the output of `js_wit_types`

npm fetches jco and compares its hashes.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

# Both mean the same: a pattern in either text, and what takes its place before the comparison.
SAME = [
    (r"(?s)/\*.*?\*/", ""),
    (r"(?m)^\s*//.*$", ""),
    ("'", '"'),
    # The names of methods that are keywords.
    (r'"(\w+)"\(', r"\1("),
    # jco leaves out the semicolon here.
    (r"(\n\s*constructor\([^)]*\))(?=\n)", r"\1;"),
    # With `exactOptionalPropertyTypes`, `tsc` tells a missing member from one that is undefined. Scripts can have either.
    (r"\?: (.*) \| undefined,", r"?: \1,"),
    # jco's objects have `Symbol.dispose`, but an environment may lack it.
    (r"Partial<Disposable>", "Disposable"),
    # A `stream<u8>` has chunks, which are fast, and jco declares single bytes.
    (r"AsyncIterable<Uint8Array>", "AsyncIterable<number>"),
    # The interpreter calls it if the script defines it. jco does not declare it.
    (r"\[Symbol\.dispose\]\?\(\): void;", ""),
]

# Statements of one side: jco declares the interfaces of imports once more in the module of the world, and helpers where nothing
# uses them, and exports these; ours has modules for functions that the world itself imports, and for interfaces without their
# version.
OWN = [r"export (type )?\* (as \w+ )?from .*", r"(export )?type (Option|Result)<.*"]


def modules(text):
    """Returns dict[str, set[str]]: module -> its statements."""
    for pattern, new in SAME:
        text = re.sub(pattern, new, text)
    found = {}
    for name, body in re.findall(r'^declare module "([^"]+)" \{\n(.*?)^\}', text, re.DOTALL | re.MULTILINE):
        statements = found.setdefault(name, set())
        depth, current = 0, ""
        for line in body.splitlines():
            line = line.strip()
            depth += line.count("{") - line.count("}")
            current = f"{current} {line}".strip()
            if depth == 0 and current:
                if not any(re.fullmatch(own, current) for own in OWN):
                    statements.add(current)
                current = ""
    return found


def main():
    generate, package, lock, world, wit, declarations = sys.argv[1:]
    work = pathlib.Path(os.environ["TEST_TMPDIR"]) / "jco"
    work.mkdir()
    for path in (package, lock):
        shutil.copy(path, work)
    npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    # The usual cache is outside of the sandbox.
    subprocess.run([*npm, "--cache", work / "cache", "--logs-max=0"], cwd=work, check=True)
    command = ["node", generate, work / "node_modules", wit, world]
    theirs = modules(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    ours = modules(pathlib.Path(declarations).read_text())
    count = sum(map(len, theirs.values()))
    failed = count < 10
    if failed:
        print(f"jco declares {count} items: too few to compare")
    for module in sorted(theirs):
        for sign, items in (("jco ", theirs[module] - ours.get(module, set())), ("ours", ours.get(module, set()) - theirs[module])):
            for item in sorted(items):
                print(f"{module}: {sign}: {item}")
                failed = True
    print(f"{count} declarations in {len(theirs)} modules")
    sys.exit(failed)


if __name__ == "__main__":
    main()
