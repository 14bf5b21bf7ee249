//! Runs `wit buildfiles` over the cases in `buildfiles/` beside this file.
//!
//! A case is a directory: the tree as it is (`in/`), the BUILD files as they shall be (`expected/`:
//! only those that change), more arguments (`args.txt`, one a line), and what is said
//! (`expected.txt`). So that Bazel does not take them for its own, `BUILD.bazel` is called
//! `BUILD.golden` here and `BUILD` `BUILD.short`; the root of each tree is the root of a workspace. `BLESS=1` writes what is
//! expected.

mod tree;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tree::{cases, name, read_all, said, wit, Laid};

/// What BUILD files are called in the cases, and what they are.
const NAMES: [(&str, &str); 2] = [("BUILD.golden", "BUILD.bazel"), ("BUILD.short", "BUILD")];

fn real(path: &str) -> String {
    let mut found = NAMES
        .iter()
        .filter_map(|(a, b)| Some((path.strip_suffix(a)?, b)));
    found
        .next()
        .map_or(path.to_owned(), |(dir, name)| format!("{dir}{name}"))
}

fn golden(path: &str) -> String {
    let mut found = NAMES
        .iter()
        .filter_map(|(a, b)| Some((path.strip_suffix(b)?, a)));
    found
        .next()
        .map_or(path.to_owned(), |(dir, name)| format!("{dir}{name}"))
}

fn lay(case: &Path) -> Laid {
    let laid = Laid::new(&case.join("in"));
    for path in read_all(laid.path()).into_keys() {
        for (from, to) in NAMES {
            if let Some(dir) = path.strip_suffix(from) {
                let dir = laid.path().join(dir);
                fs::rename(dir.join(from), dir.join(to)).expect("rename");
            }
        }
    }
    fs::write(laid.path().join("MODULE.bazel"), "").expect("write");
    laid
}

fn texts(files: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, String> {
    let text = |b: Vec<u8>| String::from_utf8(b).expect("UTF-8");
    files.into_iter().map(|(p, b)| (p, text(b))).collect()
}

#[test]
fn buildfiles() {
    for case in cases("buildfiles") {
        let shown = name(&case);
        let laid = lay(&case);
        let more = fs::read_to_string(case.join("args.txt")).unwrap_or_else(|_| ".".to_owned());
        let paths: Vec<&str> = more.lines().collect();
        let run = |flags: &[&str]| {
            let args = [&["buildfiles"], flags, paths.as_slice()].concat();
            wit(laid.path(), &args)
        };
        let before = texts(laid.files());
        let dry = run(&["--check"]);
        assert_eq!(
            before,
            texts(laid.files()),
            "{shown}: --check wrote something"
        );

        let output = run(&[]);
        tree::expect(&case, "expected.txt", &said(&output));
        let mut changed = texts(laid.files());
        changed.retain(|path, text| before.get(path) != Some(text));
        let changed: BTreeMap<String, String> = changed
            .into_iter()
            .map(|(path, text)| (golden(&path), text))
            .collect();
        if std::env::var_os("BLESS").is_some() {
            let dir = case.join("expected");
            let _ = fs::remove_dir_all(&dir);
            for (path, text) in &changed {
                let path = dir.join(path);
                fs::create_dir_all(path.parent().expect("parent")).expect("mkdir");
                fs::write(path, text).expect("bless");
            }
        }
        let expected = texts(read_all(&case.join("expected")));
        assert_eq!(expected, changed, "{shown} (BLESS=1 regenerates)");

        let is_clean = changed.is_empty() && output.status.success();
        assert_eq!(dry.status.code(), Some(i32::from(!is_clean)), "{shown}");
        let diff = String::from_utf8_lossy(&dry.stdout).into_owned();
        for path in changed.keys() {
            let path = real(path);
            assert!(diff.contains(&format!("+++ {path} (updated)")), "{diff}");
        }

        // What is up to date stays as it is.
        let middle = texts(laid.files());
        let again = run(&[]);
        assert_eq!(middle, texts(laid.files()), "{shown}: not the same twice");
        assert_eq!(again.status.code(), output.status.code(), "{shown}");
        if output.status.success() {
            let left = run(&["--check"]);
            assert!(left.status.success(), "{shown}: {}", said(&left));
        }
    }
}

#[test]
fn exit_codes() {
    let dir = tempfile::tempdir().expect("tempdir");
    fs::write(dir.path().join("a.wit"), "package a:b;\n").expect("write");
    fs::create_dir(dir.path().join("empty")).expect("mkdir");
    for (args, code, text) in [
        (vec!["."], 1, "no Bazel workspace"),
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
