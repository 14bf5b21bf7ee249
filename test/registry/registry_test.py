#!/usr/bin/env python3
"""The files of the registry keep to the schema and to what a schema cannot say; each rule is seen to fail.

Arguments: schema.json, data.bzl, then the files of checksums/tools.
"""

import ast
import copy
import json
import os
import re
import sys
import unittest

import schema as json_schema

SCHEMA, DATA, *FILES = sys.argv[1:]
TOP = ["tool_name", "github_repo", "latest_version", "release", "versions"]


def version_key(version):
    """What semantic versioning sorts by; rolling tags come before all versions."""
    match = re.fullmatch(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([^+]+))?(?:\+.*)?", version)
    if not match:
        return (0, version)
    numbers = [int(number or 0) for number in match.groups()[:3]]
    pre = [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in (match[4] or "").split(".") if p]
    return (1, *numbers, not pre, pre)


def canonical(document):
    """The one way to write a document down."""

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


def problems(name, text, schema):
    """All that is wrong with a file of the registry."""
    document = json.loads(text)
    found = list(json_schema.validate(document, schema))
    if found:
        return found
    versions = document["versions"]
    highest = max(versions, key=version_key)
    if document["latest_version"] != highest:
        found.append(f"$.latest_version: must be {highest}")
    if document["tool_name"] != name:
        found.append(f"$.tool_name: must be {name}, as the file is called")
    for version, entry in versions.items():
        if entry["platforms"] and "release" not in document:
            found.append(f"$.versions.{version}: has platforms, but the file has no `release`")
        if not entry["platforms"] and "packages" not in entry:
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
    def setUp(self):
        self.schema = json.loads(read(SCHEMA))

    def test_each_file_is_as_it_should_be(self):
        self.assertGreaterEqual(len(FILES), 14)
        for path in FILES:
            with self.subTest(path):
                self.assertEqual([], problems(stem(path), read(path), self.schema))

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
        self.assertEqual([], problems("x", canonical(good), self.schema))
        for expected, mutate in MUTATIONS:
            with self.subTest(expected):
                document = copy.deepcopy(good)
                mutate(document)
                try:
                    text = canonical(document)
                except (KeyError, TypeError):
                    text = json.dumps(document)
                found = problems("x", text, self.schema)
                self.assertTrue(any(expected in problem for problem in found), found)
        swapped = json.dumps(good, indent=2) + "\n"
        self.assertEqual(["$: order of keys, versions or packages, or layout"], problems("x", swapped, self.schema))

    def test_a_keyword_that_is_not_known_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "maxLength"):
            list(json_schema.validate("", {"maxLength": 1}))


def platform(document):
    return document["versions"]["1.9.0"]["platforms"]["linux_amd64"]


def package(document, i):
    return document["versions"]["1.10.0"]["packages"][i]


MUTATIONS = [
    ("$: lacks `github_repo`", lambda d: d.pop("github_repo")),
    ("$: lacks `versions`", lambda d: d.pop("versions")),
    ("$: must not have `last_checked`", lambda d: d.update(last_checked="2025-01-01")),
    ("$.github_repo: `x` does not match", lambda d: d.update(github_repo="x")),
    ("$.tool_name: `../x` does not match", lambda d: d.update(tool_name="../x")),
    ("$.tool_name: must be x", lambda d: d.update(tool_name="y")),
    ("$.tool_name: must be of type string", lambda d: d.update(tool_name=1)),
    ("$.latest_version: must be 1.10.0", lambda d: d.update(latest_version="1.9.0")),
    ("$.latest_version: must be 1.10.0", lambda d: d.update(latest_version="canary")),
    ("$.versions: needs at least 1", lambda d: d["versions"].clear()),
    ("$.versions: must not have `../1`", lambda d: d["versions"].update({"../1": {"platforms": {}}})),
    ("$.versions.1.9.0: lacks `platforms`", lambda d: d["versions"]["1.9.0"].pop("platforms")),
    ("$.versions.2.0.0: has neither", lambda d: d["versions"].update({"2.0.0": {"platforms": {}}})),
    ("$.versions.1.9.0: has platforms, but", lambda d: d.pop("release")),
    ("$.versions.1.9.0.release_date: `2025-13-01`", lambda d: d["versions"]["1.9.0"].update(release_date="2025-13-01")),
    ("platforms: must not have `linux_riscv64`", lambda d: d["versions"]["1.9.0"]["platforms"].update(linux_riscv64={})),
    ("linux_amd64.sha256: `` does not match", lambda d: platform(d).update(sha256="")),
    ("linux_amd64.sha256:", lambda d: platform(d).update(sha256="0" * 64 + "\n")),
    ("linux_amd64.sha256:", lambda d: platform(d).update(sha256="A" * 64)),
    ("linux_amd64: lacks `verified`", lambda d: platform(d).pop("verified")),
    ("linux_amd64.verified: must be of type boolean", lambda d: platform(d).update(verified="no")),
    ("linux_amd64.url_suffix: `a/../b`", lambda d: platform(d).update(url_suffix="a/../b")),
    ("linux_amd64: must not have `size`", lambda d: platform(d).update(size=1)),
    ("$.release: lacks `tag`", lambda d: d["release"].pop("tag")),
    ("$.release.asset: `{arch}`", lambda d: d["release"].update(asset="{arch}")),
    ("$.release.base_url: `ftp://x/y`", lambda d: d["release"].update(base_url="ftp://x/y")),
    ("packages: needs at least 1", lambda d: d["versions"]["1.10.0"]["packages"].clear()),
    ("packages: has an item twice", lambda d: d["versions"]["1.10.0"]["packages"].append(package(d, 0))),
    ("packages[0].source: must be `crate`", lambda d: package(d, 0).update(source="apt")),
    ("packages[0].sha256:", lambda d: package(d, 0).update(sha256="0" * 63)),
    ("packages[0]: lacks `verified`", lambda d: package(d, 0).pop("verified")),
    ("packages[1].integrity:", lambda d: package(d, 1).update(integrity="sha1-AAAA")),
    ("packages[2].file: `../x.whl`", lambda d: package(d, 2).update(file="../x.whl")),
    ("packages[2].platform: `wasm32`", lambda d: package(d, 2).update(platform="wasm32")),
]

if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
