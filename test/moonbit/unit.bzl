"""Unit tests of functions of the rules for MoonBit."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//rules/private:moonbit_wasm_module.bzl", "export_error")
load("//rules/private/common:moonbit.bzl", "import_path_of")

def _import_path_test_impl(ctx):
    env = unittest.begin(ctx)
    for package, name, attribute, path in [
        ("shop/money", "money", "", "shop/money"),
        ("shop", "money", "", "shop/money"),
        ("", "money", "", "money"),
        ("a-b/c.d", "e_1", "", "a-b/c.d/e_1"),
        ("shop", "the-money", "example/money", "example/money"),
    ]:
        asserts.equals(env, (None, path), import_path_of(struct(name = name, package = package), attribute))
    for name, attribute, hint in [
        ("the-money", "", "hint: set `import_path` to a path whose last part consists of letters, digits and `_`"),
        ("1st", "", "hint: set `import_path`"),
        ("x", "a/b/", "hint: set `import_path`"),
        ("x", "moonbitlang/core/list", "hint: set another `import_path`"),
        ("x", "a b/c", "hint: set another `import_path`"),
    ]:
        err, path = import_path_of(struct(name = name, package = "shop"), attribute)
        asserts.equals(env, None, path)
        asserts.true(env, hint in err, err)
    return unittest.end(env)

import_path_test = unittest.make(_import_path_test_impl)

def _exports_test_impl(ctx):
    env = unittest.begin(ctx)
    for exports, target in [
        (["add", "greet:say-hello", "a:t:p/i#a"], "wasm"),
        (["add", "greet:sayHello"], "js"),
    ]:
        asserts.equals(env, None, export_error(exports, target))
    for export, target, err in [
        ("", "wasm", "invalid export ``"),
        (":name", "wasm", "invalid export `:name`"),
        ("f:", "wasm", "invalid export `f:`"),
        ("grüße", "wasm", "in ASCII"),
        ("f:the name", "wasm", "invalid export"),
        ("f:the-name", "js", "the export `the-name` is not a name in JavaScript\nhint: export the function by another name, `f:name`"),
    ]:
        asserts.true(env, err in export_error([export], target), export)
    return unittest.end(env)

exports_test = unittest.make(_exports_test_impl)
