//! The exit codes of `wit buildfiles`.

use crate::support::{said, wit};
use std::fs;

#[test]
fn exit_codes() {
    let dir = tempfile::tempdir().expect("tempdir");
    fs::write(dir.path().join("a.wit"), "package a:b;\n").expect("write");
    fs::create_dir(dir.path().join("empty")).expect("mkdir");
    for (args, code, text) in [
        (vec!["."], 1, "not in a Bazel workspace"),
        (vec!["empty"], 1, "no WIT file"),
        (vec![], 2, "PATH"),
        (vec!["none"], 3, "cannot read"),
    ] {
        let args = [vec!["buildfiles"], args].concat();
        let output = wit(dir.path(), &args);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
        assert!(said.contains(text), "{args:?}: {said}");
        assert!(!dir.path().join("BUILD.bazel").exists());
    }
}
