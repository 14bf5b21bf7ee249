//! The files of the workspace.

use rules_wit_common::{is_temporary, Diagnostic, Result};
use std::path::Path;
use walkdir::{DirEntry, WalkDir};

/// Folders that hold no sources, at any depth.
const SKIPPED: &[&str] = &[".git", "node_modules", "target"];

/// Returns the paths of all files below `root`, sorted, with `/` as the separator. Links are not followed.
pub fn files(root: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let walk = WalkDir::new(root).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(|e| !is_skipped(e)) {
        let entry = entry
            .map_err(|e| Diagnostic::environment(format!("cannot walk the workspace: {e}")))?;
        if entry.file_type().is_file() && !is_temporary(entry.path()) {
            let path = entry.path().strip_prefix(root).unwrap_or(entry.path());
            files.push(path.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(files)
}

fn is_skipped(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let output = entry.depth() == 1 && name.starts_with("bazel-");
    entry.depth() > 0 && (output || SKIPPED.contains(&name.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_is_a_source() {
        let dir = tempfile::tempdir().expect("tempdir");
        for path in [
            "a/b.c",
            "a/target/x",
            "a/.b.c.rules_wit-Xy1.tmp",
            ".git/x",
            "bazel-out/x",
            "a/bazel-in/x",
            "node_modules/x",
            "d",
        ] {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().expect("parent")).expect("mkdir");
            fs::write(path, "").expect("write");
        }
        assert_eq!(
            files(dir.path()).expect("walks"),
            ["a/b.c", "a/bazel-in/x", "d"]
        );
    }
}
