//! Writing files completely or not at all, and to devices, pipes and the standard output.

mod temporary;

pub use temporary::is_temporary;

use crate::diagnostic::Diagnostic;
use crate::failure::Result;
use crate::files::{display_path, reason};
use std::fs::{File, Metadata, OpenOptions};
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use temporary::Temporary;

/// The most links that are followed, as in Linux.
const MAX_LINKS: usize = 40;

/// The outputs of a tool, which appear together: no file is replaced before the contents of all are on
/// the disk.
///
/// A regular file is replaced by renaming a temporary file, which keeps its mode and, if permitted, its
/// owner. The temporary file of `x` is `.x.rules_wit-*.tmp` beside it; those that killed tools have left in a
/// directory are removed before the first file there is written. A link is followed; a device, a pipe or an
/// open file descriptor such as `/dev/stdout` is written to. `-` is the standard output.
#[derive(Default)]
pub struct Outputs<'a> {
    staged: Vec<Staged<'a>>,
}

/// An output that is not visible yet.
struct Staged<'a> {
    /// The path for messages.
    path: PathBuf,
    to: Destination<'a>,
}

enum Destination<'a> {
    Stdout(&'a [u8]),
    /// A device or a pipe at this path.
    Stream(PathBuf, &'a [u8]),
    /// A file at this path.
    File(PathBuf, Temporary),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A file that the tool makes.
    Output,
    /// A file that no build can restore. It is synced to the disk, and never written with another owner.
    Source,
}

impl<'a> Outputs<'a> {
    /// Adds an output of text. Errors: an environment in which it cannot be written.
    pub fn text(&mut self, path: &Path, text: &'a str) -> Result<()> {
        match path == Path::new("-") {
            true => self.stdout(path, text.as_bytes(), false),
            false => self.stage(path, text.as_bytes(), false, Kind::Output),
        }
    }

    /// Adds a binary output. Errors: as for text, and a terminal.
    pub fn binary(&mut self, path: &Path, bytes: &'a [u8]) -> Result<()> {
        match path == Path::new("-") {
            true => self.stdout(path, bytes, true),
            false => self.stage(path, bytes, true, Kind::Output),
        }
    }

    /// Makes all outputs visible: first what goes to devices, pipes and the standard output, which can
    /// fail, then the files. Readers of a file see the old or the new content.
    pub fn commit(self) -> Result<()> {
        let mut files = Vec::new();
        for Staged { path, to } in self.staged {
            match to {
                Destination::Stdout(bytes) => write_stream(&mut std::io::stdout().lock(), bytes),
                Destination::Stream(target, bytes) => {
                    open_stream(&target).and_then(|mut file| write_stream(&mut file, bytes))
                }
                Destination::File(target, temporary) => {
                    files.push((path, target, temporary));
                    continue;
                }
            }
            .map_err(|e| cannot_write(&path, &e))?;
        }
        let mut created = Vec::new();
        for (path, target, temporary) in files {
            let is_new = !target.exists();
            if let Err(e) = temporary.persist(&target) {
                // Nothing of a failed run should remain; what was replaced is gone.
                for file in created {
                    let _ = std::fs::remove_file(file);
                }
                return Err(cannot_write(&path, &e).into());
            }
            if is_new {
                created.push(target);
            }
        }
        Ok(())
    }

    fn stdout(&mut self, path: &Path, bytes: &'a [u8], binary: bool) -> Result<()> {
        if binary && std::io::stdout().is_terminal() {
            return Err(
                Diagnostic::usage("refusing to write binary data to a terminal")
                    .hint("pass a file to `-o`, or redirect the output")
                    .into(),
            );
        }
        self.push(path, Destination::Stdout(bytes))
    }

    fn stage(&mut self, path: &Path, bytes: &'a [u8], binary: bool, kind: Kind) -> Result<()> {
        let fail = |e: std::io::Error| cannot_write(path, &e);
        let target = follow_links(path).map_err(|e| match e.kind() {
            ErrorKind::NotFound => fail(e).hint("create the directory"),
            _ => fail(e),
        })?;
        let old = match std::fs::metadata(&target) {
            Ok(old) => Some(old),
            Err(e) if e.kind() == ErrorKind::NotFound => None,
            Err(e) => return Err(fail(e).into()),
        };
        let is_regular = !target.is_symlink() && old.as_ref().is_none_or(Metadata::is_file);
        if kind == Kind::Source {
            match old {
                // A link to nothing.
                None if path.is_symlink() => {
                    path.metadata().map_err(fail)?;
                }
                _ if is_regular => {}
                _ => return Err(fail(std::io::Error::other("not a regular file")).into()),
            }
        }
        let is_directory = old.as_ref().is_some_and(Metadata::is_dir);
        if is_directory || path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            return Err(fail(ErrorKind::IsADirectory.into())
                .hint("pass the path of a file")
                .into());
        }
        if is_stdout(&target) {
            return self.stdout(path, bytes, binary);
        }
        let to = match is_regular {
            true => {
                let temporary = write_temporary(&target, bytes, old, kind).map_err(fail)?;
                Destination::File(target, temporary)
            }
            false => Destination::Stream(target, bytes),
        };
        self.push(path, to)
    }

    fn push(&mut self, path: &Path, to: Destination<'a>) -> Result<()> {
        let is_same = |other: &Staged| match (&other.to, &to) {
            (Destination::Stdout(_), Destination::Stdout(_)) => true,
            (Destination::File(a, _), Destination::File(b, _)) => a == b,
            _ => false,
        };
        if let Some(other) = self.staged.iter().find(|other| is_same(other)) {
            return Err(Diagnostic::usage(format!(
                "two outputs have the same destination: `{}` and `{}`",
                display_path(&other.path),
                display_path(path)
            ))
            .hint("pass a different path for each output")
            .into());
        }
        let path = path.to_owned();
        self.staged.push(Staged { path, to });
        Ok(())
    }
}

/// Writes one file, as [`Outputs`] do.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    write_one(path, bytes, Kind::Output)
}

/// Like [`write_file`], for source files, which no build can restore: syncs the file to disk, and fails if
/// its owner and group cannot be kept, if it is not a regular file, and if it is a link to nothing.
pub fn write_source_file(path: &Path, bytes: &[u8]) -> Result<()> {
    write_one(path, bytes, Kind::Source)
}

fn write_one(path: &Path, bytes: &[u8], kind: Kind) -> Result<()> {
    let mut outputs = Outputs::default();
    outputs.stage(path, bytes, false, kind)?;
    outputs.commit()
}

/// Writes one output, as [`Outputs`] do.
///
/// Refuses to write binary data to a terminal. A closed pipe is not an error.
pub fn write_output(path: &Path, bytes: &[u8], binary: bool) -> Result<()> {
    let mut outputs = Outputs::default();
    match path == Path::new("-") {
        true => outputs.stdout(path, bytes, binary)?,
        false => outputs.stage(path, bytes, binary, Kind::Output)?,
    }
    outputs.commit()
}

/// Writes text to standard output. A closed pipe is not an error.
pub fn write_stdout(text: &str) -> Result<()> {
    write_output(Path::new("-"), text.as_bytes(), false)
}

fn cannot_write(path: &Path, e: &std::io::Error) -> Diagnostic {
    Diagnostic::environment(match path == Path::new("-") {
        true => format!("cannot write output: {}", reason(e)),
        false => format!("cannot write `{}`: {}", display_path(path), reason(e)),
    })
}

fn write_stream(stream: &mut dyn Write, bytes: &[u8]) -> std::io::Result<()> {
    match stream.write_all(bytes).and_then(|()| stream.flush()) {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Opens a device, a pipe, or the link of an open file descriptor. A shell has truncated the file of the
/// latter.
fn open_stream(path: &Path) -> std::io::Result<File> {
    let is_file = path.metadata().is_ok_and(|m| m.is_file());
    OpenOptions::new().write(true).append(is_file).open(path)
}

/// Follows links to a path that is no link. The links of open file descriptors in `/proc` are not
/// followed: their text is not a path. Its directories are in normal form.
fn follow_links(path: &Path) -> std::io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        let directory = directory(&path).canonicalize()?;
        if let Some(name) = path.file_name() {
            path = directory.join(name);
        }
        if directory.starts_with("/proc") {
            return Ok(path);
        }
        match std::fs::read_link(&path) {
            Ok(link) => path = directory.join(link),
            Err(_) => return Ok(path),
        }
    }
    Err(std::io::Error::other("too many levels of symbolic links"))
}

/// Whether a path, with its directories in normal form, is that of this process's standard output.
fn is_stdout(path: &Path) -> bool {
    let stdout = directory(Path::new("/proc/self/fd/1")).canonicalize();
    stdout.is_ok_and(|directory| path == directory.join("1"))
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn write_temporary(
    target: &Path,
    bytes: &[u8],
    old: Option<Metadata>,
    kind: Kind,
) -> std::io::Result<Temporary> {
    Temporary::create(target, directory(target), |file| {
        file.write_all(bytes)?;
        if let Some(old) = old {
            copy_owner_and_mode(&old, file, kind)?;
        }
        match kind {
            Kind::Output => Ok(()),
            Kind::Source => file.sync_all(),
        }
    })
}

/// Gives `new` the mode of `old`, and its owner and group; for an output, only where the user may do so.
#[cfg(unix)]
fn copy_owner_and_mode(old: &Metadata, new: &File, kind: Kind) -> std::io::Result<()> {
    use std::os::unix::fs::{fchown, MetadataExt, PermissionsExt};
    let created = new.metadata()?;
    let (mut owner, mut group) = (Ok(()), Ok(()));
    if created.uid() != old.uid() {
        owner = fchown(new, Some(old.uid()), None);
    }
    if created.gid() != old.gid() {
        group = fchown(new, None, Some(old.gid()));
    }
    let mut kept = 0o7777;
    if let Err(e) = owner.and(group) {
        if kind == Kind::Source {
            let what = "its owner and group cannot be kept";
            return Err(std::io::Error::new(
                e.kind(),
                format!("{what}: {}", reason(&e)),
            ));
        }
        // A program must not get the rights of another user or group.
        kept = 0o777;
    }
    // After the change of owner, which resets bits of the mode.
    new.set_permissions(std::fs::Permissions::from_mode(old.mode() & kept))
}

#[cfg(not(unix))]
fn copy_owner_and_mode(_old: &Metadata, _new: &File, _kind: Kind) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
