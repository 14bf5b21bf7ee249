#!/usr/bin/env python3
"""Checks how many versions of upstream's crates the tools link. Each more costs a first build minutes.

Argument: the lock file of the tools.
"""

import collections
import re
import sys
import unittest

# One version of each family is that of TOOL_VERSIONS, which wac links too. Wasmtime requires the second, and `wat` the third,
# which has the newest text format. wasmi requires the fourth wasmparser; only tests use it.
MOST = {
    "wasm-encoder": 3,
    "wasmparser": 4,
    "wast": 1,
    "wit-component": 2,
    "wit-parser": 2,
}


def versions(lock):
    """Returns the versions of each package: dict[str, list[str]]."""
    found = collections.defaultdict(list)
    for name, version in re.findall(r'^name = "(.+)"\nversion = "(.+)"$', lock, re.MULTILINE):
        found[name].append(version)
    return found


class Versions(unittest.TestCase):
    def test_there_are_no_more(self):
        with open(sys.argv[-1], encoding="utf-8") as file:
            found = versions(file.read())
        for name, most in MOST.items():
            with self.subTest(name):
                # Fewer are an error as well: lower the number then.
                self.assertEqual(most, len(found[name]), found[name])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
