//! Finding and reading files.

use super::{File, Tree};
use crate::text::Outline;
use rules_wit_common::{display_path, read_text, Diagnostic, Limit, Result};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// The names of manifests and lock files.
const MANIFESTS: &[&str] = &["deps.toml", "deps.lock", "wkg.toml", "wkg.lock"];

/// The most directories within each other.
const MAX_DEPTH: usize = 64;

/// The most files of one run.
const MAX_FILES: usize = 100_000;

/// The most bytes of one run.
const MAX_BYTES: usize = 256 << 20;

/// Reads all below `paths` into `tree`. Links to directories are not followed: what they lead to
/// either is in the tree anyway or does not belong to it.
pub(super) fn scan(paths: &[PathBuf], tree: &mut Tree) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    let mut bytes = 0;
    for given in paths {
        let root = given.canonicalize().map_err(|e| {
            let reason = match e.kind() {
                std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
                _ => e.to_string(),
            };
            Diagnostic::environment(format!("cannot read `{}`: {reason}", display_path(given)))
                .hint("check the path: it is relative to where you stand")
        })?;
        let is_dir = root.is_dir();
        // Below a directory links to directories are not followed, so paths without links can be
        // had without asking the system for each.
        let mut dirs: HashMap<PathBuf, PathBuf> = HashMap::new();
        dirs.insert(given.clone(), root.clone());
        tree.roots.push(match root.parent() {
            Some(parent) if !is_dir => parent.to_owned(),
            _ => root,
        });
        let walk = WalkDir::new(given)
            .max_depth(MAX_DEPTH)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|e| e.depth() == 0 || !is_hidden(e));
        for entry in walk {
            let entry = match entry {
                Ok(entry) => entry,
                Err(e) => {
                    let at = e.path().map_or_else(|| display_path(given), display_path);
                    let reason = e.io_error().map_or_else(|| "loop".to_owned(), reason);
                    let d = Diagnostic::environment(format!("cannot read `{at}`: {reason}"))
                        .hint("check the permissions");
                    tree.unreadable.push(d);
                    continue;
                }
            };
            if entry.depth() > 0 && entry.file_type().is_dir() {
                if let Some(parent) = entry.path().parent().and_then(|p| dirs.get(p)) {
                    let real = parent.join(entry.file_name());
                    dirs.insert(entry.path().to_owned(), real);
                }
                continue;
            }
            // Of links to files, and of anything else, only what is a file in the end: to read a
            // pipe would mean to wait for ever.
            if !std::fs::metadata(entry.path()).is_ok_and(|m| m.is_file()) {
                continue;
            }
            let real_dir = if is_dir {
                entry.path().parent().and_then(|p| dirs.get(p))
            } else {
                None
            };
            read(&entry, real_dir, tree, &mut seen, &mut bytes);
            if seen.len() > MAX_FILES || bytes > MAX_BYTES {
                return Err(Diagnostic::new(format!(
                    "the tree is larger than the limit of {MAX_FILES} files and {} MiB",
                    MAX_BYTES >> 20
                ))
                .hint("give the directories of the packages that belong together")
                .into());
            }
        }
    }
    if tree.files.is_empty() && tree.unreadable.is_empty() {
        let shown: Vec<String> = paths.iter().map(|p| display_path(p)).collect();
        return Err(
            Diagnostic::new(format!("no WIT file in `{}`", shown.join("`, `")))
                .hint("give the directory above your `.wit` files")
                .into(),
        );
    }
    Ok(())
}

fn reason(e: &std::io::Error) -> String {
    match e.kind() {
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        kind => kind.to_string(),
    }
}

fn is_hidden(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    name.starts_with('.') || (entry.file_type().is_dir() && name == "node_modules")
}

fn read(
    entry: &DirEntry,
    real_dir: Option<&PathBuf>,
    tree: &mut Tree,
    seen: &mut std::collections::HashSet<PathBuf>,
    bytes: &mut usize,
) {
    let path = entry.path();
    // What was given itself is WIT, whatever it is called.
    let is_wit = path.extension().is_some_and(|e| e == "wit") || real_dir.is_none();
    let is_manifest = MANIFESTS.iter().any(|m| entry.file_name() == *m);
    if !is_wit && !is_manifest {
        return;
    }
    let real = match real_dir {
        Some(dir) if !entry.path_is_symlink() => dir.join(entry.file_name()),
        _ => path.canonicalize().unwrap_or_else(|_| path.to_owned()),
    };
    if !seen.insert(real.clone()) {
        return;
    }
    let text = match read_text(path, Limit::SOURCE) {
        Ok(text) => text,
        Err(e) => {
            tree.unreadable.extend(e.diagnostics());
            return;
        }
    };
    *bytes += text.len();
    let dir = path.parent().filter(|p| !p.as_os_str().is_empty());
    let dir = dir.unwrap_or(Path::new("."));
    let file = File {
        shown: display_path(path),
        dir: match real_dir {
            Some(dir) => dir.clone(),
            None => dir.canonicalize().unwrap_or_else(|_| dir.to_owned()),
        },
        path: path.to_owned(),
        text,
    };
    if is_manifest {
        tree.manifests.push(file);
    } else {
        let outline = Outline::new(&file.text);
        tree.files.push((file, outline));
    }
}
