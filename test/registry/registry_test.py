#!/usr/bin/env python3
"""Checks the rules for the registry that a JSON Schema cannot express, and that each of them can fail.

Arguments: data.bzl, then the files of checksums/tools. //tools/checksum_updater:schema_test checks the schema.
"""

import ast
import copy
import json
import os
import re
import sys
import unittest

DATA, *FILES = sys.argv[1:]
TOP = ["tool_name", "github_repo", "latest_version", "release", "versions"]


def version_key(version):
    """Returns the sort key of a version by semantic versioning. Rolling tags are lower than versions."""
    match = re.fullmatch(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([^+]+))?(?:\+.*)?", version)
    if not match:
        return (0, version)
    numbers = [int(number or 0) for number in match.groups()[:3]]
    pre = [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in (match[4] or "").split(".") if p]
    return (1, *numbers, not pre, pre)


def canonical(document):
    """Returns the canonical text of a document."""

    def sort(value):
        if isinstance(value, dict):
            return {key: sort(value[key]) for key in sorted(value)}
        return [sort(item) for item in value] if isinstance(value, list) else value

    keys = [key for key in TOP if key in document] + sorted(document.keys() - TOP)
    ordered = {key: sort(document[key]) for key in keys}
    order = sorted(document["versions"], key=version_key, reverse=True)
    ordered["versions"] = {version: sort(document["versions"][version]) for version in order}
    for entry in ordered["versions"].values():
        if "packages" in entry:
            entry["packages"].sort(key=lambda p: (p["source"], p["name"], p.get("file", "")))
    return json.dumps(ordered, indent=2) + "\n"


def problems(name, text):
    """Returns all violations in the file `name`.json with the content `text`."""
    document = json.loads(text)
    found = []
    versions = document["versions"]
    highest = max(versions, key=version_key)
    if document["latest_version"] != highest:
        found.append(f"$.latest_version: must be {highest}")
    if document["tool_name"] != name:
        found.append(f"$.tool_name: must be {name}, the name of the file")
    for version, entry in versions.items():
        if entry["platforms"] and "release" not in document:
            found.append(f"$.versions.{version}: has platforms, but the file has no `release`")
        # The archives of a release of rules_wit are only in the registry of that release.
        if not entry["platforms"] and "packages" not in entry and name != "rules_wit":
            found.append(f"$.versions.{version}: has neither platforms nor packages")
    if text != canonical(document):
        found.append("$: order of keys, versions or packages, or layout")
    return found


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def stem(path):
    return os.path.basename(path).removesuffix(".json")


class Registry(unittest.TestCase):
    def test_each_file_is_valid(self):
        self.assertGreaterEqual(len(FILES), 14)
        for path in FILES:
            with self.subTest(path):
                self.assertEqual([], problems(stem(path), read(path)))

    def test_starlark_says_the_same(self):
        tools = ast.literal_eval(read(DATA).partition("TOOLS = ")[2])
        documents = {stem(path): json.loads(read(path)) for path in sorted(FILES)}
        self.assertEqual(json.dumps(documents), json.dumps(tools), "bazel run //tools/checksum_updater -- sync")

    def test_each_rule_can_fail(self):
        crate = {"source": "crate", "name": "x", "version": "1.0.0", "sha256": "0" * 64, "verified": True}
        pypi = {**crate, "source": "pypi", "file": "x-1.0.0-py3-none-any.whl"}
        npm = {"source": "npm", "name": "@x/y", "version": "1.0.0", "integrity": "sha512-" + "A" * 86 + "==", "verified": True}
        good = {
            "tool_name": "x",
            "github_repo": "somebody/x",
            "latest_version": "1.10.0",
            "release": {"asset": "x-{url_suffix}", "tag": "v{version}"},
            "versions": {
                "1.10.0": {"platforms": {}, "packages": [crate, npm, pypi]},
                "1.9.0": {
                    "platforms": {"linux_amd64": {"sha256": "0" * 64, "url_suffix": "linux.zip", "verified": False}},
                    "release_date": "2025-01-31",
                },
                "canary": {"platforms": {}, "packages": [crate]},
            },
        }
        self.assertEqual([], problems("x", canonical(good)))
        for expected, mutate in MUTATIONS:
            with self.subTest(expected):
                document = copy.deepcopy(good)
                mutate(document)
                found = problems("x", canonical(document))
                self.assertTrue(any(expected in problem for problem in found), found)
        swapped = json.dumps(good, indent=2) + "\n"
        self.assertEqual(["$: order of keys, versions or packages, or layout"], problems("x", swapped))


MUTATIONS = [
    ("$.tool_name: must be x", lambda d: d.update(tool_name="y")),
    ("$.latest_version: must be 1.10.0", lambda d: d.update(latest_version="1.9.0")),
    ("$.latest_version: must be 1.10.0", lambda d: d.update(latest_version="canary")),
    ("$.versions.2.0.0: has neither", lambda d: d["versions"].update({"2.0.0": {"platforms": {}}})),
    ("$.versions.1.9.0: has platforms, but", lambda d: d.pop("release")),
]

if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
