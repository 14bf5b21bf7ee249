//! The versions that a tool prints.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Checks that `TOOL version` prints `count` crates, each in the version of the lock file.
/// `CARGO_LOCK` names the lock file, where Cargo does not.
///
/// # Panics
///
/// If it prints something else.
pub fn check_versions(tool: &Path, count: usize) {
    let cargo = || Some(Path::new(&std::env::var_os("CARGO_MANIFEST_DIR")?).join("../Cargo.lock"));
    let lock = std::env::var_os("CARGO_LOCK").map(PathBuf::from);
    let lock = lock.or_else(cargo).expect("CARGO_LOCK is set");
    let lock = std::fs::read_to_string(lock).expect("the lock file");
    let output = Command::new(tool).arg("version").output().expect("runs");
    let version = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(version.lines().count(), count, "{version}");
    for line in version.lines() {
        let (name, version) = line.split_once(' ').expect("name and version");
        let entry = format!("name = \"{name}\"\nversion = \"{version}\"\n");
        assert!(lock.contains(&entry), "{line}");
    }
}
