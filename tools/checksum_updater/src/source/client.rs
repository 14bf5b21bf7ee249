//! Runs the clients of package registries, so that the mirrors, proxies and tokens of the user apply.

use crate::source_error::SourceError;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;
use std::process::{Command, Stdio};

/// The largest output of a client that is read, in bytes.
const OUTPUT: u64 = 64 << 20;

/// The output of a client.
pub struct Answer {
    /// Whether it succeeded.
    pub ok: bool,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Answer {
    /// The relevant lines of standard error, joined to one line.
    pub fn reason(&self) -> String {
        let lines: Vec<&str> = self
            .stderr
            .lines()
            .map(str::trim)
            .filter(|l| {
                !l.is_empty() && !l.starts_with("Updating ") && !l.starts_with("npm notice")
            })
            .collect();
        let mut text = lines.join("; ");
        if let Some((end, _)) = text.char_indices().nth(600) {
            text.truncate(end);
            text.push_str("...");
        }
        text
    }

    /// Whether standard error contains one of the texts.
    pub fn says(&self, texts: &[&str]) -> bool {
        texts.iter().any(|t| self.stderr.contains(t))
    }
}

/// Runs a client until it exits. Output goes to files, because a full pipe would block the client.
pub fn run(command: &mut Command, what: &str) -> Result<Answer, SourceError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let unreachable = |why: String| SourceError::Unreachable {
        what: what.to_owned(),
        why,
    };
    let failed = |e: std::io::Error| unreachable(format!("`{program}`: {e}"));
    let (mut out, mut err) = (
        tempfile::tempfile().map_err(failed)?,
        tempfile::tempfile().map_err(failed)?,
    );
    let status = command
        .stdin(Stdio::null())
        .stdout(out.try_clone().map_err(failed)?)
        .stderr(err.try_clone().map_err(failed)?)
        .status()
        .map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => unreachable(format!("`{program}` is not on PATH")),
            _ => failed(e),
        })?;
    Ok(Answer {
        ok: status.success(),
        stdout: text(&mut out).map_err(failed)?,
        stderr: text(&mut err).map_err(failed)?,
    })
}

fn text(file: &mut File) -> std::io::Result<String> {
    file.rewind()?;
    let mut bytes = Vec::new();
    file.take(OUTPUT).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A file in a temporary directory, which is deleted with the reader.
pub struct Scratch {
    file: File,
    _directory: tempfile::TempDir,
}

impl Scratch {
    /// Opens a file in `directory`.
    pub fn open(directory: tempfile::TempDir, file: &Path) -> std::io::Result<Box<dyn Read>> {
        Ok(Box::new(Scratch {
            file: File::open(file)?,
            _directory: directory,
        }))
    }
}

impl Read for Scratch {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.file.read(buffer)
    }
}

/// Creates a temporary directory.
pub fn scratch(what: &str) -> Result<tempfile::TempDir, SourceError> {
    tempfile::Builder::new()
        .prefix("rules_wit-")
        .tempdir()
        .map_err(|e| SourceError::Unreachable {
            what: what.to_owned(),
            why: format!("cannot create a temporary directory: {e}"),
        })
}
