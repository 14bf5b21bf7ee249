//! Reading with limits, writing atomically, and paths as the user knows them.

use crate::diagnostic::Diagnostic;
use crate::failure::Result;
use std::io::{ErrorKind, IsTerminal, Read, Write};
use std::path::Path;

/// The maximum size of a kind of file in bytes. Inputs are untrusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(pub u64);

impl Limit {
    /// Of source text, such as a WIT file: 16 MiB.
    pub const SOURCE: Limit = Limit(16 << 20);
    /// Of a parameter file: 64 MiB.
    pub const PARAMS: Limit = Limit(64 << 20);
    /// Of a module or component: 1 GiB.
    pub const BINARY: Limit = Limit(1 << 30);
}

/// Reads a file; a file larger than `limit` is an error.
pub fn read_bytes(path: &Path, limit: Limit) -> Result<Vec<u8>> {
    let shown = display_path(path);
    let fail = |e: std::io::Error| {
        let d = Diagnostic::environment(format!("cannot read `{shown}`: {}", reason(&e)));
        match e.kind() {
            ErrorKind::NotFound => {
                d.hint("check the path, which is relative to the current directory")
            }
            _ => d,
        }
    };
    let file = std::fs::File::open(path).map_err(fail)?;
    let mut bytes = Vec::new();
    // One more byte than allowed, to detect a file above the limit.
    let got = file
        .take(limit.0.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(fail)?;
    if got as u64 > limit.0 {
        return Err(Diagnostic::new(format!(
            "`{shown}` is larger than the limit of {} MiB",
            limit.0 >> 20
        ))
        .hint("split the file")
        .into());
    }
    Ok(bytes)
}

/// Reads a UTF-8 file; a file larger than `limit` is an error, and so is invalid UTF-8.
pub fn read_text(path: &Path, limit: Limit) -> Result<String> {
    String::from_utf8(read_bytes(path, limit)?).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let line = e.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1;
        Diagnostic::new(format!(
            "`{}` is not UTF-8 text: invalid byte in line {line}",
            display_path(path)
        ))
        .hint("save the file as UTF-8")
        .into()
    })
}

/// Writes a file atomically: readers see the old or the new content, and a failure keeps the old one.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    replace_file(path, bytes, |_| Ok(())).map_err(|e| cannot_write(path, &e).into())
}

/// Like [`write_file`], for source files, which no build can restore: syncs the file to disk, keeps
/// its mode, owner and group, and writes through a link, which stays one.
///
/// Fails if it is there and not a regular file, or a link to nothing.
pub fn write_source_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        if std::fs::symlink_metadata(path).is_err() {
            return replace_file(path, bytes, std::fs::File::sync_all);
        }
        let real = path.canonicalize()?;
        let old = real.metadata()?;
        if !old.is_file() {
            return Err(std::io::Error::other("not a regular file"));
        }
        replace_file(&real, bytes, |file| {
            keep_owner(file, &old)?;
            file.set_permissions(old.permissions())?;
            file.sync_all()
        })
    };
    write().map_err(|e| cannot_write(path, &e).into())
}

/// Gives a file the owner and group of another.
#[cfg(unix)]
fn keep_owner(file: &std::fs::File, old: &std::fs::Metadata) -> std::io::Result<()> {
    use std::os::unix::fs::{fchown, MetadataExt};
    let new = file.metadata()?;
    if (new.uid(), new.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    fchown(file, Some(old.uid()), Some(old.gid())).map_err(|e| {
        let what = "its owner and group cannot be kept";
        std::io::Error::new(e.kind(), format!("{what}: {}", reason(&e)))
    })
}

#[cfg(not(unix))]
fn keep_owner(_file: &std::fs::File, _old: &std::fs::Metadata) -> std::io::Result<()> {
    Ok(())
}

fn cannot_write(path: &Path, e: &std::io::Error) -> Diagnostic {
    let shown = display_path(path);
    Diagnostic::environment(format!("cannot write `{shown}`: {}", reason(e)))
}

fn replace_file(
    path: &Path,
    bytes: &[u8],
    settle: impl Fn(&std::fs::File) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let dir = match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".rules_wit-");
    // Temporary files are private by default; outputs are readable by everyone.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(dir)?;
    file.write_all(bytes)?;
    settle(file.as_file())?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}

/// Writes to `path`, or to standard output if `path` is `-`.
///
/// Refuses to write binary data to a terminal. A closed pipe is not an error.
pub fn write_output(path: &Path, bytes: &[u8], binary: bool) -> Result<()> {
    if path != Path::new("-") {
        return write_file(path, bytes);
    }
    let mut stdout = std::io::stdout().lock();
    if binary && stdout.is_terminal() {
        return Err(
            Diagnostic::usage("refusing to write binary data to a terminal")
                .hint("pass a file to `-o`, or redirect the output")
                .into(),
        );
    }
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(e) => {
            Err(Diagnostic::environment(format!("cannot write output: {}", reason(&e))).into())
        }
        Ok(()) => Ok(()),
    }
}

/// Writes text to standard output. A closed pipe is not an error.
pub fn write_stdout(text: &str) -> Result<()> {
    write_output(Path::new("-"), text.as_bytes(), false)
}

/// The message of an I/O error in lower case, without the number, which differs between systems.
pub fn reason(e: &std::io::Error) -> String {
    let text = e.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| {
        c.to_lowercase().chain(chars).collect::<String>()
    })
}

/// The path for messages: relative to the workspace, without `bazel-out/<configuration>/bin/` and
/// without the path of a runfiles directory.
pub fn display_path(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let text = match std::env::var("BUILD_WORKSPACE_DIRECTORY") {
        Ok(root) if !root.is_empty() => text
            .strip_prefix(root.trim_end_matches('/'))
            .and_then(|t| t.strip_prefix('/'))
            .unwrap_or(&text)
            .to_owned(),
        _ => text,
    };
    let text = text.trim_start_matches("./");
    strip_runfiles_prefix(strip_output_prefix(text)).to_owned()
}

fn strip_output_prefix(text: &str) -> &str {
    let after = match text.strip_prefix("bazel-out/") {
        Some(rest) => Some(rest),
        None => text.split_once("/bazel-out/").map(|(_, rest)| rest),
    };
    after
        .and_then(|rest| rest.split_once('/'))
        .and_then(|(_, rest)| rest.strip_prefix("bin/"))
        .unwrap_or(text)
}

fn strip_runfiles_prefix(text: &str) -> &str {
    match text.rfind(".runfiles/") {
        Some(at) => {
            let path = &text[at + ".runfiles/".len()..];
            path.strip_prefix("_main/").unwrap_or(path)
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lose_the_output_prefix() {
        for (path, shown) in [
            ("wit/a.wit", "wit/a.wit"),
            ("./wit/a.wit", "wit/a.wit"),
            ("bazel-out/k8-fastbuild/bin/wit/a.wit", "wit/a.wit"),
            ("/x/execroot/_main/bazel-out/cfg/bin/a.wit", "a.wit"),
            (
                "bazel-out/cfg/genfiles/a.wit",
                "bazel-out/cfg/genfiles/a.wit",
            ),
            ("external/r+/a.wit", "external/r+/a.wit"),
            (
                "/x/bazel-out/cfg/bin/t.runfiles/_main/wit/a.wit",
                "wit/a.wit",
            ),
            ("/x/t.runfiles/r+/a.wit", "r+/a.wit"),
        ] {
            assert_eq!(display_path(Path::new(path)), shown);
        }
    }

    #[test]
    fn writes_are_atomic() {
        let dir = tempfile::tempdir().expect("tempdir");
        let file = dir.path().join("f");
        write_file(&file, b"one").expect("first");
        write_file(&file, b"two").expect("second");
        assert_eq!(std::fs::read(&file).expect("read"), b"two");
        let missing = dir.path().join("no/f");
        let e = write_file(&missing, b"x").expect_err("no directory");
        assert_eq!(e.exit_code(), crate::exit::ENVIRONMENT);
        // No temporary file is left.
        assert_eq!(std::fs::read_dir(dir.path()).expect("dir").count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&file).expect("meta").permissions().mode();
            assert_eq!(mode & 0o600, 0o600);
            assert_eq!(mode & 0o111, 0);
        }
    }

    #[cfg(unix)]
    #[test]
    fn sources_keep_mode_owner_and_links() {
        use std::os::unix::fs::{chown, symlink, MetadataExt, PermissionsExt};
        let dir = tempfile::tempdir().expect("tempdir");
        let (file, link) = (dir.path().join("f"), dir.path().join("link"));
        std::fs::write(&file, "old").expect("write");
        // Only root can set another owner.
        let owner = chown(&file, Some(12345), Some(54321)).is_ok();
        for mode in [0o600, 0o755, 0o444] {
            let permissions = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(&file, permissions).expect("chmod");
            write_source_file(&file, b"new").expect("write");
            let new = file.metadata().expect("metadata");
            assert_eq!(new.mode() & 0o7777, mode);
            if owner {
                assert_eq!((new.uid(), new.gid()), (12345, 54321));
            }
        }
        symlink("f", &link).expect("symlink");
        write_source_file(&link, b"through").expect("write");
        assert!(link.is_symlink());
        assert_eq!(std::fs::read(&file).expect("read"), b"through");

        let dangling = dir.path().join("dangling");
        symlink("nothing", &dangling).expect("symlink");
        for (path, why) in [
            (dangling.as_path(), "no such file"),
            (dir.path(), "not a regular file"),
        ] {
            let e = write_source_file(path, b"x").expect_err("refused");
            assert!(e.render(false).contains(why), "{}", e.render(false));
        }
        assert!(!dir.path().join("nothing").exists());
    }

    #[test]
    fn limits_hold() {
        let dir = tempfile::tempdir().expect("tempdir");
        let file = dir.path().join("f");
        std::fs::write(&file, "12345").expect("write");
        assert_eq!(read_bytes(&file, Limit(5)).expect("at the limit").len(), 5);
        let e = read_bytes(&file, Limit(4)).expect_err("above the limit");
        assert_eq!(e.exit_code(), crate::exit::INPUT);
        std::fs::write(&file, b"a\n\xff").expect("write");
        let e = read_text(&file, Limit(5)).expect_err("no UTF-8");
        assert!(e.render(false).contains("line 2"), "{}", e.render(false));
    }
}
