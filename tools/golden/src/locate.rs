//! Finds the files of the cases.

use crate::group::{self, Group};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The archive in the directory of a case.
pub(crate) const IN_DIRECTORY: &str = "case.txtar";

/// The directory of a tool's cases: `$GOLDEN_DIR`, or `tests` in the package's directory under Cargo.
pub fn tests_dir() -> PathBuf {
    let cargo = || std::env::var_os("CARGO_MANIFEST_DIR").map(|dir| Path::new(&dir).join("tests"));
    std::env::var_os("GOLDEN_DIR")
        .map(PathBuf::from)
        .or_else(cargo)
        .expect("GOLDEN_DIR or CARGO_MANIFEST_DIR is set")
}

/// The paths of the cases in a folder, by name.
pub(crate) fn paths(folder: &Path) -> Result<BTreeMap<String, PathBuf>, String> {
    let mut cases = BTreeMap::new();
    for (entry, path) in entries(folder)? {
        let found = if let Some(name) = entry.strip_suffix(".txtar") {
            vec![(name.to_owned(), path)]
        } else if entry.ends_with(group::SUFFIX) {
            let group = Group::read(&path)?;
            group
                .names()
                .map(|name| (name.to_owned(), path.join(name)))
                .collect()
        } else if path.join(IN_DIRECTORY).exists() {
            vec![(entry, path)]
        } else {
            return Err(format!("`{}` is not a case", path.display()));
        };
        for (case, path) in found {
            if let Some(other) = cases.insert(case, path) {
                return Err(format!(
                    "`{}` is also a directory or in a file",
                    other.display()
                ));
            }
        }
    }
    match cases.is_empty() {
        true => Err(format!("no case in `{}`", folder.display())),
        false => Ok(cases),
    }
}

/// The entries of a directory, sorted.
pub(crate) fn entries(dir: &Path) -> Result<Vec<(String, PathBuf)>, String> {
    let entries = std::fs::read_dir(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    let entries = entries
        .map(|entry| entry.map(|e| (e.file_name().to_string_lossy().into_owned(), e.path())));
    let mut entries: Vec<_> = entries
        .collect::<Result<_, _>>()
        .map_err(|e| format!("{}: {e}", dir.display()))?;
    entries.sort();
    Ok(entries)
}
