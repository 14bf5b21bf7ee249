//! Trees of files for the tests of `check` and `fix`.
#![allow(dead_code)] // Each of the tests uses a part of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Runs `wit` in a directory. `WIT_BIN` names the binary, where Cargo does not.
pub fn wit(dir: &Path, args: &[&str]) -> Output {
    let path = std::env::var_os("WIT_BIN")
        .map(PathBuf::from)
        .or_else(|| option_env!("CARGO_BIN_EXE_wit").map(PathBuf::from))
        .expect("WIT_BIN");
    Command::new(path.canonicalize().expect("the binary exists"))
        .args(args)
        .current_dir(dir)
        .env_remove("BUILD_WORKING_DIRECTORY")
        .env_remove("BUILD_WORKSPACE_DIRECTORY")
        .output()
        .expect("runs")
}

/// The exit code, and all that a run said.
pub fn said(output: &Output) -> String {
    let code = output.status.code().expect("exit code");
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    format!("exit {code}\n{out}{err}")
}

/// The directories of the cases. `GOLDEN_DIR` names theirs, where Cargo does not.
pub fn cases(kind: &str) -> Vec<PathBuf> {
    let root = match std::env::var_os("GOLDEN_DIR") {
        Some(dir) => PathBuf::from(dir),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"),
    };
    let entries = fs::read_dir(root.join(kind)).expect("the directory of the cases");
    let mut cases: Vec<PathBuf> = entries.map(|e| e.expect("entry").path()).collect();
    cases.sort();
    assert!(!cases.is_empty(), "no case in {kind}");
    cases
}

/// The name of a case.
pub fn name(case: &Path) -> String {
    case.file_name()
        .expect("name")
        .to_string_lossy()
        .into_owned()
}

/// Compares a text with what a case expects.
pub fn expect(case: &Path, file: &str, actual: &str) {
    let path = case.join(file);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, actual).expect("bless");
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == actual,
        "{}/{file} differs (BLESS=1 regenerates)\n--- expected\n{expected}\n--- actual\n{actual}",
        name(case)
    );
}

/// All files below a directory, by their paths in it.
pub fn read_all(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut out = BTreeMap::new();
    let mut dirs = vec![(dir.to_owned(), String::new())];
    while let Some((dir, prefix)) = dirs.pop() {
        let Ok(entries) = fs::read_dir(&dir) else {
            continue;
        };
        for entry in entries {
            let path = entry.expect("entry").path();
            let name = format!("{prefix}{}", name(&path));
            if path.is_dir() {
                dirs.push((path, format!("{name}/")));
            } else {
                out.insert(name, fs::read(&path).expect("read"));
            }
        }
    }
    out
}

/// A copy of a tree, in a directory of its own, so that no path of this machine shows.
pub struct Laid {
    dir: tempfile::TempDir,
}

impl Laid {
    /// Copies `source`.
    pub fn new(source: &Path) -> Self {
        let dir = tempfile::tempdir().expect("tempdir");
        for (path, bytes) in read_all(source) {
            let to = dir.path().join(path);
            fs::create_dir_all(to.parent().expect("parent")).expect("mkdir");
            fs::write(to, bytes).expect("copy");
        }
        Laid { dir }
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// What it holds now.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        read_all(self.dir.path())
    }
}
