#!/usr/bin/env python3
"""Tests of features.py."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from features import Features, implies, text


def package(name, features, *dependencies):
    """Returns a package as `cargo metadata` describes it."""
    return {"id": name, "name": name, "version": "1.0.0", "features": features, "dependencies": list(dependencies)}


def dependency(name, optional=False, features=(), kind=None, rename=None, default=False):
    """Returns a dependency as `cargo metadata` describes it."""
    return {
        "name": name,
        "optional": optional,
        "features": list(features),
        "kind": kind,
        "rename": rename,
        "uses_default_features": default,
    }


PACKAGES = [
    package("top", {}, dependency("root", features=["x", "y", "z"])),
    package(
        "root",
        {"x": ["dep:leaf"], "y": ["leaf?/fast", "z"], "z": ["middle/std"], "default": ["x"], "other": ["dep:other"]},
        dependency("leaf", optional=True, default=True),
        dependency("middle", rename="middle"),
        dependency("tested", kind="dev"),
    ),
    package("middle", {"std": ["old_leaf"], "old_leaf": ["dep:old_leaf"]}, dependency("leaf", optional=True, rename="old_leaf")),
    package("leaf", {"default": ["small"], "small": [], "fast": []}, dependency("cc", kind="build")),
    package("cc", {}),
]
EDGES = {"top": ["root"], "root": ["leaf", "middle"], "middle": ["leaf"], "leaf": ["cc"], "cc": []}
METADATA = {
    "packages": PACKAGES,
    "resolve": {"nodes": [{"id": id, "deps": [{"pkg": pkg} for pkg in deps]} for id, deps in EDGES.items()]},
}


class Tests(unittest.TestCase):
    def setUp(self):
        self.features = Features(METADATA, "root")

    def condition(self, *fact):
        return text(self.features.conditions.get(fact, frozenset()))

    def test_chosen(self):
        self.assertEqual(["x", "y", "z"], self.features.chosen)

    def test_conditions(self):
        # `y` enables `z`, which needs `leaf` in another crate.
        self.assertEqual("x|y|z", self.condition("package", "leaf"))
        self.assertEqual("y|z", self.condition("feature", "middle", "std"))
        self.assertEqual("x", self.condition("feature", "leaf", "small"))
        # Weak: only where the dependency is on.
        self.assertEqual("x&y", self.condition("feature", "leaf", "fast"))
        self.assertEqual("x|y|z", self.condition("edge", "leaf", "cc", "build"))

    def test_data(self):
        data = {
            "cc 1.0.0": {},
            "leaf 1.0.0": {"features": ["fast", "small"], "build_script": {"deps": ["cc 1.0.0"]}},
            "middle 1.0.0": {"platforms": {"t": {"deps": ["leaf 1.0.0"], "features": ["std"]}}},
            "root 1.0.0": {"deps": ["leaf 1.0.0", "middle 1.0.0"]},
        }
        self.features.apply(data)
        self.assertEqual(
            {
                "cc 1.0.0": {},
                # A build script that is compiled with its crate has no condition.
                "leaf 1.0.0": {
                    "features": [],
                    "build_script": {"deps": ["cc 1.0.0"]},
                    "when": {"x": {"features": ["small"]}, "x&y": {"features": ["fast"]}},
                },
                "middle 1.0.0": {
                    "platforms": {},
                    "when": {"y|z": {"platforms": {"t": {"deps": ["leaf 1.0.0"], "features": ["std"]}}}},
                },
                "root 1.0.0": {"deps": ["middle 1.0.0"], "when": {"x": {"deps": ["leaf 1.0.0"]}}},
            },
            data,
        )

    def test_unknown(self):
        with self.assertRaises(SystemExit):
            self.features.apply({"leaf 1.0.0": {"features": ["unknown"]}})

    def test_implies(self):
        conditions = self.features.conditions
        self.assertTrue(implies(conditions["feature", "leaf", "fast"], conditions["package", "leaf"]))
        self.assertFalse(implies(conditions["package", "leaf"], conditions["feature", "leaf", "fast"]))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
