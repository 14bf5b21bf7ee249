//! `sync` over the cases in `tests/sync`.
//!
//! A case is a directory `before`, and either `after` with the files that `sync` changes, or
//! `error.txt` with what `sync` says; and `check.txt` with what `sync --check` says of `before`.
//! `BLESS=1` writes what is expected. Files that no tree of sources may hold as such are called
//! `NAME.case`.

use crate::support::{Ran, Workspace};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn cases() -> Vec<PathBuf> {
    let root = match std::env::var_os("CASES_DIR") {
        Some(dir) => PathBuf::from(dir),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"),
    };
    let entries = fs::read_dir(root.join("sync")).expect("cases");
    let mut cases: Vec<PathBuf> = entries.map(|e| e.expect("entry").path()).collect();
    cases.sort();
    cases
}

/// The files below a directory, by path.
fn tree(root: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut todo = vec![root.to_owned()];
    while let Some(dir) = todo.pop() {
        for entry in fs::read_dir(&dir).into_iter().flatten() {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                todo.push(path);
            } else {
                let name = path
                    .strip_prefix(root)
                    .expect("below")
                    .to_string_lossy()
                    .into_owned();
                files.insert(name, fs::read_to_string(&path).expect("text"));
            }
        }
    }
    files
}

fn compare(path: &Path, got: &str) {
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().expect("parent")).expect("mkdir");
        fs::write(path, got).expect("write");
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    assert_eq!(got, expected, "{}", path.display());
}

fn outcome(ran: &Ran) -> String {
    format!(
        "exit code {}\n{}{}",
        ran.0.status.code().unwrap_or(-1),
        ran.stdout(),
        ran.stderr()
    )
}

#[test]
fn as_expected() {
    let cases = cases();
    assert!(cases.len() > 5);
    for case in cases {
        let workspace = Workspace::new();
        for (path, text) in tree(&case.join("before")) {
            workspace.write(path.strip_suffix(".case").unwrap_or(&path), &text);
        }
        let before = tree(&workspace.root());
        compare(
            &case.join("check.txt"),
            &outcome(&workspace.run(&["sync", "--check"])),
        );
        assert_eq!(tree(&workspace.root()), before, "--check wrote something");
        let ran = workspace.run(&["sync"]);
        if ran.0.status.code() != Some(0) {
            compare(&case.join("error.txt"), &outcome(&ran));
            continue;
        }
        for (path, text) in tree(&workspace.root()) {
            if before.get(&path) != Some(&text) {
                compare(&case.join("after").join(format!("{path}.case")), &text);
            }
        }
        // Nothing that is written is left as it was, and there is nothing to do a second time.
        let again = workspace.run(&["sync"]).expect(0, &[]);
        assert_eq!(again.stdout(), "everything is up to date\n");
    }
}
