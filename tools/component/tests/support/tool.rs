//! The paths of the tool and of its cases.

use std::path::PathBuf;

/// The tool.
pub fn binary() -> PathBuf {
    let path = std::env::var_os("COMPONENT_BIN")
        .map(PathBuf::from)
        .or_else(|| option_env!("CARGO_BIN_EXE_component").map(PathBuf::from))
        .expect("COMPONENT_BIN");
    path.canonicalize().expect("the binary exists")
}

/// The directory of the manifest, which cargo sets. The program does not contain it, so it is the same in any directory.
fn manifest_dir() -> PathBuf {
    PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("CARGO_MANIFEST_DIR"))
}

/// The directory that has a folder of cases for each subcommand.
pub fn root() -> PathBuf {
    match std::env::var_os("GOLDEN_DIR") {
        Some(dir) => PathBuf::from(dir),
        None => manifest_dir().join("tests"),
    }
}
