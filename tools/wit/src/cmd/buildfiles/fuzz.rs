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

#[test]
fn build_files() {
    const FILE: &str = "\"\"\"Doc.\"\"\"\n\nload(\"@r//rules:wit.bzl\", \"wit_library\")\n\n# keep\nwit_library(\n    \
                        name = \"a\",\n    srcs = [\"a.wit\"],  # c\n    deps = [\n        \":b\",  # keep\n    ],\n)\n";
    assert_ne!(updated(FILE), FILE);
    fuzz("build files", 5000, |numbers| {
        let text = mangle(FILE, numbers);
        let once = updated(&text);
        assert_eq!(updated(&once), once, "not the same twice: {text}");
    });
}
