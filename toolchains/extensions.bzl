"""The module extension of rules_wit, for `MODULE.bazel`."""

load("//toolchains/private:extension.bzl", _rules_wit = "rules_wit")

rules_wit = _rules_wit
