//! Temporary files: their names, and the removal of those that killed tools have left.
//!
//! A tool holds a lock on a temporary file until the file is renamed. The system releases the locks of a
//! process that ends, so a file without a lock has no owner.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use tempfile::TempPath;

/// The most characters of a file name that the name of its temporary file repeats: names are limited.
const MAX_NAME: usize = 60;

/// The part of the name of a temporary file after that of its output, and its end.
const PARTS: (&str, &str) = (".rules_wit-", ".tmp");

/// The most locks of a process: each needs an open file. Beyond it, a tool that begins to write into the
/// same directory makes this one fail.
const MAX_LOCKS: usize = 200;

/// The number of locks of this process.
static LOCKS: AtomicUsize = AtomicUsize::new(0);

/// The directories in which this process has removed files without an owner.
static CLEANED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Whether a file has the name of a temporary file.
pub fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') && name.contains(PARTS.0) && name.ends_with(PARTS.1)
}

/// A complete temporary file. It is removed when it is dropped.
pub(super) struct Temporary {
    path: TempPath,
    _lock: Option<Lock>,
}

impl Temporary {
    /// Creates the temporary file of `target` in its directory, and writes it. The first one of this process
    /// in a directory removes those without an owner.
    pub(super) fn create(
        target: &Path,
        directory: &Path,
        write: impl FnOnce(&mut File) -> Result<()>,
    ) -> Result<Self> {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let name: String = name.chars().take(MAX_NAME).collect();
        let prefix = OsString::from(format!(".{name}{}", PARTS.0));
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(PARTS.1);
        // Temporary files are private by default. The mode of new files is the user's choice.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let (mut file, path, is_locked) = loop {
            let (file, path) = builder.tempfile_in(directory)?.into_parts();
            // Before the lock, another tool may take the file for one without an owner.
            match lock(&file) {
                Ok(is_locked) if path.exists() => break (file, path, is_locked),
                Err(e) if e.kind() != ErrorKind::WouldBlock => return Err(e),
                _ => {}
            }
        };
        let mut cleaned = CLEANED.lock().unwrap_or_else(PoisonError::into_inner);
        if cleaned.insert(directory.to_owned()) {
            remove_abandoned(directory, &file);
        }
        drop(cleaned);
        write(&mut file)?;
        Ok(Temporary {
            path,
            _lock: is_locked.then(|| Lock::of(file)),
        })
    }

    /// Renames the file.
    pub(super) fn persist(self, target: &Path) -> Result<()> {
        self.path.persist(target).map_err(|e| e.error)
    }
}

/// An open file with a lock.
struct Lock {
    _file: File,
}

impl Lock {
    fn of(file: File) -> Self {
        LOCKS.fetch_add(1, Ordering::Relaxed);
        Lock { _file: file }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        LOCKS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Locks a file. Returns whether it has a lock now: the process may have too many, and some file systems
/// have none.
fn lock(file: &File) -> Result<bool> {
    // On Windows, other processes cannot read a file with a lock.
    if !cfg!(unix) || LOCKS.load(Ordering::Relaxed) >= MAX_LOCKS {
        return Ok(false);
    }
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Err(ErrorKind::WouldBlock.into()),
        Err(TryLockError::Error(_)) => Ok(false),
    }
}

/// Removes the temporary files in a directory that have the user of `own` and no owner. What cannot be
/// removed stays.
#[cfg(unix)]
pub(super) fn remove_abandoned(directory: &Path, own: &File) {
    use std::os::unix::fs::MetadataExt;
    let (Ok(entries), Ok(own)) = (std::fs::read_dir(directory), own.metadata()) else {
        return;
    };
    let paths = entries.flatten().map(|entry| entry.path());
    for path in paths.filter(|path| is_temporary(path)) {
        let is_candidate = path
            .symlink_metadata()
            .is_ok_and(|m| m.is_file() && m.uid() == own.uid() && m.ino() != own.ino());
        if !is_candidate {
            continue;
        }
        let Ok(file) = File::open(&path) else {
            continue;
        };
        if file.try_lock().is_ok() {
            let _ = std::fs::remove_file(&path);
        }
    }
}

#[cfg(not(unix))]
fn remove_abandoned(_directory: &Path, _own: &File) {}
