//! Finds and reads the files below some paths.

use super::encoded::{self, Decoded};
use super::file::{File, Lines};
use crate::syntax::Outline;
use rules_wit_common::{display_path, read_bytes, text_of, Diagnostic, Limit, Result};
use std::collections::{HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};
use wit_parser::{PackageId, PackageName, Resolve};

/// The names of manifests and lock files.
const MANIFESTS: &[&str] = &["deps.toml", "deps.lock", "wkg.toml", "wkg.lock"];

/// The maximum nesting depth of directories.
const MAX_DEPTH: usize = 64;

/// The maximum number of files of one run.
const MAX_FILES: usize = 100_000;

/// The maximum number of directory entries of one run. A link may lead to a large directory.
const MAX_ENTRIES: usize = 2_000_000;

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
    /// The encoded packages, each with the file that it was in, still without a text.
    encoded: Vec<(File, Decoded)>,
    /// The files and directories that were read, with symbolic links resolved.
    seen: HashSet<PathBuf>,
    /// The symbolic links that were found, each with the directory that it is in.
    links: VecDeque<(PathBuf, Dir)>,
    /// The number of directory entries.
    entries: usize,
    /// The total size of the files that were read.
    bytes: usize,
}

/// A directory of the walk.
#[derive(Clone)]
struct Dir {
    /// Its path with symbolic links resolved.
    real: PathBuf,
    /// How many directories `deps` it is in, or is itself, below the directory that was given.
    level: usize,
    /// Whether it is `deps`: each file in it is a package of its own.
    is_deps: bool,
    /// Whether it was reached through a link. A link may lead anywhere, so only the directories of a
    /// package are read there: the directory itself, `wit`, and those in `deps`.
    is_linked: bool,
}

impl Dir {
    /// The directory `name` in this one, with its own path.
    fn child(&self, name: &Path, real: PathBuf, is_linked: bool) -> Dir {
        let is_deps = name.as_os_str() == "deps";
        Dir {
            real,
            level: self.level + usize::from(is_deps),
            is_deps,
            is_linked: self.is_linked || is_linked,
        }
    }

    /// Whether the directory `name` in this one is read.
    fn has_package(&self, name: &Path) -> bool {
        !self.is_linked || self.is_deps || name.as_os_str() == "deps" || name.as_os_str() == "wit"
    }
}

impl Scan {
    /// Reads all files below `paths`.
    ///
    /// Symbolic links are followed, but each directory is read once: under its own path if that is
    /// below `paths`. Links to a directory that contains the link, and those of Bazel to its outputs,
    /// are ignored. Fails if a path does not exist, if there is no WIT file, or if the tree is larger
    /// than the limits.
    pub(super) fn of(paths: &[PathBuf]) -> Result<Self> {
        let mut scan = Scan::default();
        let mut roots = Vec::new();
        for path in paths {
            let real = path.canonicalize().map_err(|e| {
                let reason = match e.kind() {
                    std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
                    _ => e.to_string(),
                };
                Diagnostic::environment(format!("cannot read `{}`: {reason}", display_path(path)))
                    .hint("check the path: it is relative to the current directory")
            })?;
            roots.push((path, real));
        }
        // The result does not depend on the order of paths of which one contains the other.
        roots.sort_by_key(|(_, real)| real.components().count());
        for (path, real) in roots {
            scan.root(path, real)?;
        }
        while let Some((link, dir)) = scan.links.pop_front() {
            scan.link(&link, &dir)?;
        }
        scan.decode();
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

    fn root(&mut self, given: &Path, real: PathBuf) -> Result<()> {
        let parent = real.parent().map(Path::to_owned);
        if real.is_dir() {
            let level = usize::from(real.file_name().is_some_and(|name| name == "deps"));
            let dir = Dir {
                real: real.clone(),
                level,
                is_deps: false,
                is_linked: false,
            };
            self.roots.push(real);
            return self.walk(given, dir);
        }
        let name = given.file_name().unwrap_or_default();
        let dir = given.parent().filter(|p| !p.as_os_str().is_empty());
        let dir = dir.unwrap_or(Path::new("."));
        let dir = Dir {
            real: dir.canonicalize().unwrap_or_else(|_| dir.to_owned()),
            level: 0,
            is_deps: false,
            is_linked: false,
        };
        self.roots.extend(parent);
        // Skip what is not a file: reading a pipe would block forever.
        if real.is_file() && self.seen.insert(real) {
            self.file(given, Path::new(name), &dir, true);
        }
        self.check_limits()
    }

    /// Reads a directory at the path `top`.
    fn walk(&mut self, top: &Path, dir: Dir) -> Result<()> {
        if !self.seen.insert(dir.real.clone()) {
            return Ok(());
        }
        // The walk does not follow links, so the real path of each directory follows from that of the
        // parent, without a system call for each.
        let mut dirs: HashMap<PathBuf, Dir> = HashMap::from([(top.to_owned(), dir)]);
        let mut walk = WalkDir::new(top)
            .min_depth(1)
            .max_depth(MAX_DEPTH)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|e| !is_hidden(e));
        while let Some(entry) = walk.next() {
            self.entries += 1;
            self.check_limits()?;
            let entry = match entry {
                Ok(entry) => entry,
                Err(e) => {
                    let at = e.path().map_or_else(|| display_path(top), display_path);
                    let reason = e.io_error().map_or_else(|| "loop".to_owned(), reason);
                    let d = Diagnostic::environment(format!("cannot read `{at}`: {reason}"))
                        .hint("check the permissions");
                    self.unreadable.push(d);
                    continue;
                }
            };
            let name = Path::new(entry.file_name());
            let Some(dir) = entry.path().parent().and_then(|p| dirs.get(p)) else {
                continue;
            };
            let real = dir.real.join(name);
            if entry.path_is_symlink() {
                // Later: what is in the tree itself is read under its own path.
                self.links.push_back((entry.into_path(), dir.clone()));
            } else if entry.file_type().is_dir() {
                let child = dir.child(name, real, false);
                if dir.has_package(name) && self.seen.insert(child.real.clone()) {
                    dirs.insert(entry.path().to_owned(), child);
                } else {
                    walk.skip_current_dir();
                }
            } else if entry.file_type().is_file()
                && is_relevant(name, dir)
                && self.seen.insert(real)
            {
                let dir = dir.clone();
                self.file(entry.path(), name, &dir, false);
            }
        }
        Ok(())
    }

    /// Follows the link `path` in `dir`.
    fn link(&mut self, path: &Path, dir: &Dir) -> Result<()> {
        let name = Path::new(path.file_name().unwrap_or_default());
        let Ok(real) = path.canonicalize() else {
            return Ok(());
        };
        if real.is_dir() {
            let leads_up = |inner: &PathBuf| inner.starts_with(&real);
            if self.roots.iter().any(leads_up) || leads_up(&dir.real) {
                return Ok(());
            }
            return self.walk(path, dir.child(name, real, true));
        }
        if real.is_file() && is_relevant(name, dir) && self.seen.insert(real) {
            self.file(path, name, dir, false);
        }
        self.check_limits()
    }

    fn check_limits(&self) -> Result<()> {
        if self.entries <= MAX_ENTRIES
            && self.files.len() + self.manifests.len() <= MAX_FILES
            && self.bytes <= MAX_BYTES
        {
            return Ok(());
        }
        Err(Diagnostic::new(format!(
            "the tree is larger than the limit of {MAX_FILES} files, {MAX_ENTRIES} directory entries and {} MiB",
            MAX_BYTES >> 20
        ))
        .hint("pass only directories of packages that belong together")
        .into())
    }

    /// Reads the file `name` in `dir`. A file that was given is taken as WIT, or as an encoded
    /// package, whatever its extension.
    fn file(&mut self, path: &Path, name: &Path, dir: &Dir, is_given: bool) {
        let is_manifest = is_manifest(name);
        let is_wasm = is_wasm(name);
        let limit = match is_wasm {
            true => encoded::MAX_BYTES,
            false => Limit::SOURCE,
        };
        let bytes = match read_bytes(path, limit) {
            Ok(bytes) => bytes,
            Err(e) => return self.unreadable.extend(e.diagnostics()),
        };
        self.bytes += bytes.len();
        // Below a directory of `deps`, sources go before encoded packages.
        let is_inner = is_wasm && !dir.is_deps && !is_given;
        let mut file = File {
            shown: display_path(path),
            path: path.to_owned(),
            dir: dir.real.clone(),
            text: String::new(),
            level: dir.level + usize::from(is_inner),
            is_alone: dir.is_deps,
            is_decoded: false,
            lines: Lines::default(),
        };
        if is_wasm || is_given && encoded::is_encoded(&bytes) {
            match encoded::read(path, &bytes, is_given) {
                Ok(decoded) => self.encoded.push((file, decoded)),
                // Any other component or module.
                Err(_) if is_inner => {}
                Err(e) => self.unreadable.extend(e.diagnostics()),
            }
            return;
        }
        match text_of(path, bytes) {
            Ok(text) => file.set_text(text),
            Err(e) => return self.unreadable.extend(e.diagnostics()),
        }
        if is_manifest && !is_given {
            self.manifests.push(file);
        } else {
            let outline = Outline::new(&file.text);
            self.files.push((file, outline));
        }
    }

    /// Adds the encoded packages, and their dependencies one level deeper: they count only if nothing
    /// else provides them.
    ///
    /// A file has of a dependency what its package uses. So dependencies of several files are merged,
    /// unless they contradict each other.
    fn decode(&mut self) {
        let mut merged = Resolve::new();
        let mut homes: HashMap<PackageName, File> = HashMap::new();
        for (file, decoded) in std::mem::take(&mut self.encoded) {
            let Decoded { resolve, main } = decoded;
            self.add_decoded(&file, &resolve, main, file.level);
            let deps: Vec<PackageId> = (resolve.packages.iter())
                .map(|(id, _)| id)
                .filter(|id| *id != main)
                .collect();
            let names: Vec<PackageName> = (deps.iter())
                .map(|id| resolve.packages[*id].name.clone())
                .collect();
            match merged.merge(resolve.clone()) {
                Ok(_) => homes.extend(names.into_iter().map(|name| (name, file.clone()))),
                Err(_) => {
                    for id in deps {
                        self.add_decoded(&file, &resolve, id, file.level.max(1) + 1);
                    }
                }
            }
        }
        for (id, package) in merged.packages.iter() {
            if let Some(file) = homes.get(&package.name) {
                self.add_decoded(file, &merged, id, file.level.max(1) + 1);
            }
        }
    }

    fn add_decoded(&mut self, file: &File, resolve: &Resolve, package: PackageId, level: usize) {
        match encoded::text(resolve, package) {
            Ok((name, text)) => {
                let outline = Outline::new(&text);
                let file = File {
                    shown: format!("{} ({name})", file.shown),
                    text,
                    level,
                    is_alone: true,
                    is_decoded: true,
                    lines: Lines::default(),
                    ..file.clone()
                };
                self.files.push((file, outline));
            }
            Err(reason) => self.unreadable.push(
                Diagnostic::new(format!(
                    "`{}` cannot be written as WIT: {reason}",
                    file.shown
                ))
                .hint("encode the package again"),
            ),
        }
    }
}

/// Whether a file in `dir` is read: WIT sources, manifests, and encoded packages in `deps`.
fn is_relevant(name: &Path, dir: &Dir) -> bool {
    let is_wit = name.extension().is_some_and(|e| e == "wit");
    is_wit || is_manifest(name) || dir.level > 0 && is_wasm(name)
}

fn is_manifest(name: &Path) -> bool {
    MANIFESTS.iter().any(|m| name.as_os_str() == *m)
}

fn is_wasm(name: &Path) -> bool {
    name.extension().is_some_and(|e| e == "wasm" || e == "wat")
}

fn reason(e: &std::io::Error) -> String {
    match e.kind() {
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        kind => kind.to_string(),
    }
}

fn is_hidden(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let is_link = entry.path_is_symlink();
    name.starts_with('.')
        || ((entry.file_type().is_dir() || is_link) && name == "node_modules")
        || (is_link && name.starts_with("bazel-"))
}
