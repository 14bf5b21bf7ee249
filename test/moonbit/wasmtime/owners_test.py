#!/usr/bin/env python3
"""Checks that each function of the MoonBit packages keeps the owners of the addresses that it passes to C.

MoonBit releases an object after its last use, which is when its address is taken: `X.raw()` or `X.ptr()`. So the function has
to use it later: `defer X.keep()`, or that of the handle in X. A real native program cannot run here, so a pattern is checked.

Arguments: the sources.
"""

import re
import sys

# What returns an address, whose owner its callers keep, or `caller`, which returns both.
RETURNS_ADDRESS = ("any", "caller", "ptr", "raw", "raw_memory")

FUNCTION = re.compile(r"^(?:pub )?fn(?:\[\w+\])? (?:\w+::)?(\w+)\(", re.MULTILINE)
ADDRESS = re.compile(r"((?:\w+\.)*\w+)\.(?:raw|ptr|any)\(")
KEPT = re.compile(r"^ +defer ([\w.]+?)(?:\.handle)?\.keep\(\)$", re.MULTILINE)


def problems(text):
    """Returns (int, list[str]): the number of addresses that are taken, and those without owners that are kept."""
    count, found = 0, []
    for block in text.split("///|\n"):
        function = FUNCTION.search(block)
        if not function or function.group(1) in RETURNS_ADDRESS:
            continue
        kept = {match.group(1): match.start() for match in KEPT.finditer(block)}
        for match in ADDRESS.finditer(block):
            count += 1
            owner = match.group(1).removesuffix(".handle")
            if kept.get(owner, len(block)) > match.start():
                found.append("`%s` does not keep `%s`" % (function.group(1), owner))
    return count, found


def main():
    total, failed = 0, False
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            count, found = problems(file.read())
        total += count
        for problem in found:
            failed = True
            print("%s: %s" % (path, problem))
    print("%d addresses" % total)
    sys.exit(failed or total < 50)


main()
