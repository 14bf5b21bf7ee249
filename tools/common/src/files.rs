//! Reading with limits, and paths as the user knows them.

use crate::diagnostic::Diagnostic;
use crate::failure::Result;
use std::io::{ErrorKind, Read};
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
    text_of(path, read_bytes(path, limit)?)
}

/// The text with the bytes of the file `path`. Invalid UTF-8 is an error.
pub fn text_of(path: &Path, bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|e| {
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
