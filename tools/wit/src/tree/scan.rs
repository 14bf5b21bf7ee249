//! Finds and reads the files below some paths.

use super::file::File;
use crate::syntax::Outline;
use rules_wit_common::{display_path, read_text, Diagnostic, Limit, Result};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// The names of manifests and lock files.
const MANIFESTS: &[&str] = &["deps.toml", "deps.lock", "wkg.toml", "wkg.lock"];

/// The maximum nesting depth of directories.
const MAX_DEPTH: usize = 64;

/// The maximum number of files of one run.
const MAX_FILES: usize = 100_000;

/// The maximum total size of files of one run, in bytes.
const MAX_BYTES: usize = 256 << 20;

/// The files below some paths.
#[derive(Default)]
pub(super) struct Scan {
    /// The directories given, and the parents of files given, with symbolic links resolved.
    pub roots: Vec<PathBuf>,
    /// The WIT sources, each with its outline.
    pub files: Vec<(File, Outline)>,
    /// The manifests and lock files.
    pub manifests: Vec<File>,
    /// The errors of files that could not be read.
    pub unreadable: Vec<Diagnostic>,
    /// The files that were read, with symbolic links resolved.
    seen: HashSet<PathBuf>,
    /// The total size of the files that were read.
    bytes: usize,
}

impl Scan {
    /// Reads all files below `paths`.
    ///
    /// Symbolic links to directories are not followed: their targets are in the tree anyway, or do
    /// not belong to it. Fails if a path does not exist, if there is no WIT file, or if the tree is
    /// larger than the limits.
    pub(super) fn of(paths: &[PathBuf]) -> Result<Self> {
        let mut scan = Scan::default();
        for path in paths {
            scan.path(path)?;
        }
        if scan.files.is_empty() && scan.unreadable.is_empty() {
            let shown: Vec<String> = paths.iter().map(|p| display_path(p)).collect();
            return Err(
                Diagnostic::new(format!("no WIT file in `{}`", shown.join("`, `")))
                    .hint("pass the directory that contains your `.wit` files")
                    .into(),
            );
        }
        Ok(scan)
    }

    fn path(&mut self, given: &Path) -> Result<()> {
        let root = given.canonicalize().map_err(|e| {
            let reason = match e.kind() {
                std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
                _ => e.to_string(),
            };
            Diagnostic::environment(format!("cannot read `{}`: {reason}", display_path(given)))
                .hint("check the path: it is relative to the current directory")
        })?;
        let is_dir = root.is_dir();
        // The real path of each directory. Links to directories are not followed, so it follows
        // from that of the parent, without a system call for each.
        let mut dirs: HashMap<PathBuf, PathBuf> = HashMap::new();
        dirs.insert(given.to_owned(), root.clone());
        self.roots.push(match root.parent() {
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
                    self.unreadable.push(d);
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
            // Skip what is not a file in the end: reading a pipe would block forever.
            if !std::fs::metadata(entry.path()).is_ok_and(|m| m.is_file()) {
                continue;
            }
            let real_dir = if is_dir {
                entry.path().parent().and_then(|p| dirs.get(p))
            } else {
                None
            };
            self.file(&entry, real_dir);
            if self.seen.len() > MAX_FILES || self.bytes > MAX_BYTES {
                return Err(Diagnostic::new(format!(
                    "the tree is larger than the limit of {MAX_FILES} files and {} MiB",
                    MAX_BYTES >> 20
                ))
                .hint("pass only directories of packages that belong together")
                .into());
            }
        }
        Ok(())
    }

    /// Reads a file. `real_dir` is its directory, or `None` for a file that was given itself.
    fn file(&mut self, entry: &DirEntry, real_dir: Option<&PathBuf>) {
        let path = entry.path();
        // A file that was given is taken as WIT, whatever its extension.
        let is_wit = path.extension().is_some_and(|e| e == "wit") || real_dir.is_none();
        let is_manifest = MANIFESTS.iter().any(|m| entry.file_name() == *m);
        if !is_wit && !is_manifest {
            return;
        }
        let real = match real_dir {
            Some(dir) if !entry.path_is_symlink() => dir.join(entry.file_name()),
            _ => path.canonicalize().unwrap_or_else(|_| path.to_owned()),
        };
        if !self.seen.insert(real) {
            return;
        }
        let text = match read_text(path, Limit::SOURCE) {
            Ok(text) => text,
            Err(e) => {
                self.unreadable.extend(e.diagnostics());
                return;
            }
        };
        self.bytes += text.len();
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
            self.manifests.push(file);
        } else {
            let outline = Outline::new(&file.text);
            self.files.push((file, outline));
        }
    }
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
