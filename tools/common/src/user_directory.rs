//! The directory of the user, for the relative paths of launched tools.

use crate::diagnostic::Diagnostic;
use crate::failure::Result;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The directory of the user, if it is not the current one.
static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();

/// Sets the directory of the user: `given`, or the current one. Later calls have no effect.
pub fn set(given: Option<PathBuf>) -> Result<()> {
    let directory = match given {
        Some(directory) => directory,
        None => std::env::current_dir().map_err(|e| {
            Diagnostic::environment(format!("cannot find the current directory: {e}"))
        })?,
    };
    DIRECTORY.get_or_init(|| directory);
    Ok(())
}

/// Resolves a path of the user. A launched tool runs in its runfiles, so relative paths are relative to
/// `BUILD_WORKING_DIRECTORY`, or to the directory in which the tool was started.
pub fn user_path(path: &Path) -> PathBuf {
    match DIRECTORY.get() {
        Some(directory) => directory.join(path),
        None => path.to_owned(),
    }
}
