#!/usr/bin/env python3
"""Tests of the layer checks on tiny trees: which imports are errors, with their sites, and which are not."""

import os
import tempfile
import unittest

import rust_imports
import rust_layers
import rust_source
import starlark_loads


def problems(**files):
    """The problems of a crate; `a__b` names a/b.rs."""
    tree = {"src/" + name.replace("__", "/") + ".rs": text for name, text in files.items()}
    return [str(problem) for problem in rust_layers.check_crate("src/main.rs", tree.__getitem__)[0]]


def titles(found):
    return [problem.split("\n")[0] for problem in found]


class RustImports(unittest.TestCase):
    def test_a_cycle_has_each_import_with_file_and_line(self):
        found = problems(main="mod a;\nmod b;\n", a="\nuse crate::b::{self, B};\npub struct A(b::B);", b="pub struct B;\n\nfn f(a: crate::a::A) {}")
        self.assertEqual(
            [
                "error: import cycle in src: a.rs -> b.rs -> a.rs\n"
                " --> src/a.rs:2:22\n"
                "  |\n"
                "2 | use crate::b::{self, B};\n"
                "  |                      ^ imports b.rs\n"
                " --> src/b.rs:3:9\n"
                "  |\n"
                "3 | fn f(a: crate::a::A) {}\n"
                "  |         ^^^^^^^^^^^ imports a.rs\n"
                "hint: move what they share into a file that imports none of them"
            ],
            found,
        )

    def test_cycles_of_three_and_of_parent_and_child(self):
        self.assertEqual(
            ["error: import cycle in src: a.rs -> b.rs -> c.rs -> a.rs"],
            titles(problems(main="mod a; mod b; mod c;", a="use crate::b;fn f() { b::g() }", b="use super::c::*;", c="use crate::a::A as B;")),
        )
        self.assertEqual(
            ["error: import cycle in src: a/b.rs -> a/mod.rs -> a/b.rs"],
            titles(problems(main="mod a;", a__mod="mod b; pub enum Kind {} fn f() { b::g() }", a__b="use super::Kind;")),
        )

    def test_two_cycles_are_two_errors(self):
        found = problems(main="mod a; mod b; mod c;", a="use crate::b::B; use crate::c::C;", b="use crate::a::A;", c="use crate::a::A;")
        self.assertEqual(2, len(found))

    def test_what_makes_no_cycle(self):
        for name, files in {
            "declaring a module": dict(main="mod a; fn f() {} pub struct S;", a="use crate::S;"),
            "a module of the same file": dict(main="mod a;", a="mod inner { use super::A; } use self::inner::B; struct A;"),
            "comments, strings and lifetimes": dict(
                main="mod a; mod b;",
                a='// use crate::b;\n/* crate::b::B /* */ crate::b::C */ const S: &str = "crate::b::B"; const R: &str = r#"" crate::b::B "#; struct L<\'a>(&\'a str, char); const C: char = \'"\';',
                b="use crate::a::S;",
            ),
            "a visibility": dict(main="mod a; mod b;", a="pub(in crate::b) struct A; pub(crate) struct C;", b="use crate::a::A;"),
            "tests": dict(
                main="mod a; mod b; #[cfg(test)] mod c;",
                a='#[cfg(test)] use crate::b::B; #[cfg(test)] #[allow(dead_code)] mod t { use crate::b::B; } #[cfg(test)] #[path = "b/more.rs"] mod more;',
                b="use crate::a::A; #[cfg(test)] mod tests;",
                b__more="use crate::b::B;",
                b__tests="use crate::a::B;",
                c="use crate::a::A;",
            ),
            "other crates": dict(main="mod a; mod b;", a="use std::b::B; use ::b::C; fn f(x: &str) { x.b::<u8>(); other::b::c() }", b="use crate::a::A;"),
        }.items():
            with self.subTest(name):
                self.assertEqual([], problems(**files))

    def test_reexports(self):
        child = "pub struct B;"
        for name, expected, files in (
            ("of a child that does not use the parent", 0, dict(a__mod="mod b; pub use b::B; pub use self::b::*; pub struct A;", a__b=child)),
            ("of a child that uses the parent", 1, dict(a__mod="mod b; pub use b::B; pub struct A;", a__b=child + "use super::A;")),
            ("that the parent uses itself", 1, dict(a__mod="mod b; mod c; pub use b::B; pub struct A(B);", a__b="pub type B = super::c::C;", a__c="pub use super::A as C;")),
            ("are followed", 0, dict(a__mod="mod b; mod c; pub use b::B; pub fn f() { c::f() }", a__b=child, a__c="use super::B; fn f() {}")),
            ("are followed through globs", 0, dict(a__mod="mod b; mod c; pub use b::*; pub fn f() { c::f() }", a__b=child, a__c="use super::B; fn f() {}")),
            ("of the parent's own things are not", 1, dict(a__mod="mod b; mod c; pub use b::B; pub fn f() { c::f() }", a__b=child, a__c="use super::f as g;")),
        ):
            with self.subTest(name):
                self.assertEqual(expected, len(problems(main="mod a;", **files)))

    def test_a_name_for_a_module_is_no_import_but_the_paths_through_it_are(self):
        files = dict(main="mod a;", a__mod="mod b; mod c; pub fn f() { c::f() }", a__b="pub struct B;")
        self.assertEqual([], problems(**files, a__c="use crate::a; fn f() -> a::b::B {}"))
        self.assertEqual(1, len(problems(**files, a__c="use crate::a; fn f() { a::f() }")))

    def test_only_main_imports_a_command(self):
        files = dict(main="mod a; mod cmd; use cmd::x::run;", cmd__mod="pub mod x; pub mod y; pub mod shared;", cmd__y="pub fn y() {}", cmd__shared="")
        self.assertEqual([], problems(**files, a="", cmd__x="use crate::a::A; use super::Output;"))
        self.assertEqual(
            ["error: src/a.rs imports the command `y`", "error: src/cmd/x.rs imports the command `y`"],
            titles(problems(**files, a="use crate::cmd::y;", cmd__x="use super::y::y;")),
        )

    def test_crates_and_files_are_found(self):
        with tempfile.TemporaryDirectory() as root:
            for path, text in {
                "Cargo.toml": "[workspace]\n",
                "x/Cargo.toml": '[package]\nname = "x"\n\n[lib]\nname = "y"\npath = "src/y/lib.rs"\n\n[dependencies]\nz = { path = "src/z.rs" }\n',
                "x/src/main.rs": "mod a;",
                "x/src/a.rs": "",
                "x/src/lost.rs": "",
                "x/src/y/lib.rs": "mod fuzz;",
                "x/src/y/fuzz.rs": "",
                "x/src/z.rs": "",
            }.items():
                os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
                with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                    file.write(text)
            self.assertEqual([os.path.join(root, "x")], rust_imports.crates(root))
            found, files = rust_layers.check(root)
            self.assertEqual(3, files)
            self.assertEqual(
                [f"error: {root}/x/src/{name}.rs belongs to no crate" for name in ("lost", "z")],
                titles(str(problem) for problem in found),
            )

    def test_positions(self):
        text = 'const S: &str = "two\nlines"; use\n    crate::a;'
        (found,) = rust_source.read(text).imports
        self.assertEqual((("crate", "a"), 3, 12), (found.path, found.start.line, found.start.column))


class StarlarkLoads(unittest.TestCase):
    def check(self, **files):
        tree = {name.replace("__", "/") + ".bzl": text for name, text in files.items()}
        return [str(problem) for problem in starlark_loads.check(tree)]

    def test_checksums_load_nothing_of_toolchains(self):
        good = 'load("//checksums/private:a.bzl", "A")\nload("@rules_rust//toolchains:a.bzl", "B")\n'
        self.assertEqual([], self.check(checksums__registry=good, other='load("//toolchains:a.bzl", "A")\n'))
        self.assertEqual(
            [
                "error: `//checksums` depends on `//toolchains`: checksums/private/a.bzl loads toolchains/private/b.bzl\n"
                " --> checksums/private/a.bzl:1:6\n"
                "  |\n"
                '1 | load("//toolchains/private:b.bzl", "A")\n'
                "  |      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ loaded here\n"
                "hint: move what both need into //checksums"
            ],
            self.check(checksums__private__a='load("//toolchains/private:b.bzl", "A")\n'),
        )

    def test_public_files_only_reexport(self):
        good = '"""Rules."""\n\nload("//rules/private:a.bzl", _a = "a")\n\na = _a\n'
        self.assertEqual([], self.check(rules__a=good, rules__private__a="a = rule()\n", rules__private__b="def b():\n    pass\n"))
        self.assertEqual(["error: public file without a docstring: rules/a.bzl"], titles(self.check(rules__a='load(":b.bzl", "b")\n')))
        for extra in ("def b():\n    pass\n", "b = _a\n", "B = {}\n", "a()\n"):
            with self.subTest(extra):
                self.assertEqual(["error: public file with a definition: rules/a.bzl"], titles(self.check(rules__a=good + extra)))

    def test_private_files_define_the_rule_of_their_name(self):
        for good in ("a = rule()\n", "def a():\n    pass\n"):
            self.assertEqual([], self.check(rules__private__a=good, rules__private__common__a=""))
        for bad in ("", "b = rule()\n", "_a = rule()\n"):
            self.assertEqual(["error: file without the rule of its name: rules/private/a.bzl"], titles(self.check(rules__private__a=bad)))

    def test_users_of_rust_rules_load_nothing_private_of_rules_rust(self):
        public = '"""Rules."""\n\nload("//rules/private:a.bzl", _a = "a")\n\na = _a\n'
        rule = "\na = rule()\n"
        good = 'load("@rules_rust//rust:defs.bzl", "b")\nload("//rules/private/common:b.bzl", "b")\n' + rule
        private = 'load("@rules_rust//rust/private:rust.bzl", "b")\n' + rule
        self.assertEqual([], self.check(rules__rust=public, rules__private__a=good, rules__private__common__b=good))
        self.assertEqual([], self.check(rules__rust_crates=public, rules__private__a=private))
        self.assertEqual(
            [
                "error: rules/rust.bzl loads private files of rules_rust: @rules_rust//rust/private:rust.bzl\n"
                " --> rules/rust.bzl:3:6\n"
                "  |\n"
                '3 | load("//rules/private:a.bzl", _a = "a")\n'
                "  |      ^^^^^^^^^^^^^^^^^^^^^^^ loaded here\n"
                " --> rules/private/a.bzl:1:6\n"
                "  |\n"
                '1 | load("@rules_rust//rust/private:rust.bzl", "b")\n'
                "  |      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ loaded here\n"
                "hint: load it in a public file of its own, for the users of that rule alone"
            ],
            self.check(rules__rust=public, rules__private__a=private),
        )
        found = self.check(rules__rust=public, rules__private__a='load("//rules/private/common:rust_compile.bzl", "b")\n' + rule)
        self.assertEqual(["error: rules/rust.bzl loads private files of rules_rust: rules/private/common/rust_compile.bzl"], titles(found))


if __name__ == "__main__":
    unittest.main()
