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

/// The directory that has a folder of cases for each subcommand.
pub fn root() -> PathBuf {
    golden::tests_dir()
}
