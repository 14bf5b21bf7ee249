//! Fuzzing of BUILD files.

use super::{starlark, write};
use crate::fuzz::{fuzz, mangle};

/// A BUILD file after an update with one package.
fn updated(text: &str) -> String {
    let file = starlark::parse(text);
    if file.broken.is_some() {
        return text.to_owned();
    }
    let is_own = |c: &starlark::Call| c.function == "wit_library" && c.text("name").is_some();
    let target = write::Target {
        call: file.calls.iter().position(is_own),
        name: "a".to_owned(),
        srcs: vec!["a.wit".to_owned(), "x.wit".to_owned()],
        deps: vec![":c".to_owned(), "//d".to_owned()],
        is_partial: false,
    };
    let written = write::apply(Some(text), &file, "p", &[target]);
    written.map_or_else(|| text.to_owned(), |w| w.text)
}

const FILES: &[&str] = &[
    "\"\"\"Doc.\"\"\"\n\nload(\"@r//rules:wit.bzl\", \"wit_library\")\n\n# keep\nwit_library(\n    \
     name = \"a\",\n    srcs = [\"a.wit\"],  # c\n    deps = [\n        \":b\",  # keep\n    ],\n)\n",
    "load(\"@r//rules:wit.bzl\", \"wit_docs\")\n\nwit_library(name = \"a\", srcs = [\"b.wit\"])\n",
    "# c\n\nwit_library(\n    name = \"a\",  # n\n    # s\n    srcs = [\n        # first\n        \"a.wit\",\n    \
     ] + [],\n    deps = [\"//d\", \":x\"],  # d\n    tags = [\"t\"]\n)\n\nfilegroup(name = \"f\")\n",
    "wit_library(\n    name = 'a',\n)\n[wit_library(name = n) for n in (\"x\", \"y\")]\n",
];

#[test]
fn build_files() {
    assert_eq!(updated(FILES[0]), FILES[0]);
    for file in &FILES[1..] {
        assert_ne!(updated(file), *file);
    }
    fuzz("build files", 5000, |numbers| {
        let text = mangle(numbers.one_of(FILES).copied().unwrap_or_default(), numbers);
        let once = updated(&text);
        assert_eq!(updated(&once), once, "not the same twice: {text}");
    });
}
