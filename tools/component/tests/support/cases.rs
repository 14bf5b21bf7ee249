//! Runs the tool, and assembles the fixtures.

use super::tool::{binary, root};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The entries of a directory, sorted.
pub fn entries(dir: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(dir)
        .expect("directory")
        .map(|e| e.expect("entry").path())
        .collect();
    entries.sort();
    entries
}

/// The file name of a path.
pub fn name(path: &Path) -> String {
    path.file_name()
        .expect("name")
        .to_string_lossy()
        .into_owned()
}

/// The standard error of a run.
pub fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs the tool in a directory.
pub fn run<S: AsRef<std::ffi::OsStr>>(dir: &Path, args: &[S]) -> Output {
    Command::new(binary())
        .args(args)
        .current_dir(dir)
        .env_remove("BUILD_WORKING_DIRECTORY")
        .env_remove("BUILD_WORKSPACE_DIRECTORY")
        .output()
        .expect("runs")
}

/// The fixtures in text form.
fn archive() -> golden::Archive {
    let text = fs::read_to_string(root().join("fixtures.txtar")).expect("fixtures.txtar");
    golden::Archive::parse(&text).expect("an archive")
}

/// The text of a fixture.
pub fn fixture(name: &str) -> String {
    let section = archive().sections.into_iter().find(|s| s.name == name);
    section.expect(name).content
}

/// Assembles the fixtures in a temporary directory: modules as `NAME.module.wasm`, and the components that can be
/// made from them.
pub fn fixtures() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("tempdir");
    for section in archive().sections {
        let stem = section.name.trim_end_matches(".wat");
        let wasm = wat::parse_str(&section.content).unwrap_or_else(|e| panic!("{stem}: {e}"));
        let module = format!("{stem}.module.wasm");
        fs::write(dir.path().join(&module), &wasm).expect("write");
        let out = format!("{stem}.wasm");
        if wasm.get(6) == Some(&1) {
            fs::write(dir.path().join(&out), &wasm).expect("write");
        } else {
            run(dir.path(), &["new", &module, "-o", &out]);
        }
    }
    assert!(dir.path().join("socket.wasm").exists());
    assert!(!dir.path().join("plain-module.wasm").exists());
    dir
}
