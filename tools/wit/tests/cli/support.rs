//! Runs `wit`, and lays out the input of golden cases.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The program. `WIT_BIN` names it where Cargo does not.
pub fn binary() -> PathBuf {
    let path = std::env::var_os("WIT_BIN")
        .map(PathBuf::from)
        .or_else(|| option_env!("CARGO_BIN_EXE_wit").map(PathBuf::from))
        .expect("WIT_BIN");
    path.canonicalize().expect("the binary exists")
}

/// Runs `wit` in a directory.
pub fn wit(dir: &Path, args: &[&str]) -> Output {
    Command::new(binary())
        .args(args)
        .current_dir(dir)
        .env_remove("BUILD_WORKING_DIRECTORY")
        .env_remove("BUILD_WORKSPACE_DIRECTORY")
        .output()
        .expect("runs")
}

/// The exit code, and both streams.
pub fn said(output: &Output) -> String {
    let code = output.status.code().expect("exit code");
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    format!("exit {code}\n{out}{err}")
}

/// The input of the golden case `FOLDER/NAME`, in a new directory.
pub fn case(name: &str) -> tempfile::TempDir {
    let (folder, name) = name.split_once('/').expect("FOLDER/NAME");
    let mut cases = golden::Case::all(folder).into_iter();
    let case = cases.find(|case| case.name == name).expect("the case");
    let dir = tempfile::tempdir().expect("tempdir");
    case.write_input(dir.path());
    dir
}
