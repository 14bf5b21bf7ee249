//! The output of a guest, captured with bounded memory.

use crate::host::Stdio;
use rules_wit_common::{Diagnostic, Result};
use std::fs::File;
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use wasmtime_wasi::cli::OutputFile;

/// The bytes at the start of a stream that are kept, as many as an expectation can have.
const MAX_KEPT: usize = 64 << 20;

/// The bytes at the end of a longer stream that are kept.
const MAX_END: usize = 1 << 20;

/// The length from which a stream is also written to a file.
const MIN_FILE: usize = 1 << 20;

/// The most bytes of that file.
const MAX_FILE: u64 = 1 << 30;

/// The output of a guest.
#[derive(Default)]
pub struct Captured {
    /// The standard output.
    pub stdout: Stream,
    /// The standard error.
    pub stderr: Stream,
}

/// Where streams that are too long for a report are written.
#[derive(Clone, Debug)]
pub struct Outputs {
    /// The directory of the test's outputs.
    pub directory: PathBuf,
    /// The start of the names of the files.
    pub prefix: String,
}

/// What a guest wrote to a stream.
#[derive(Default)]
pub struct Stream {
    /// The first bytes.
    start: Vec<u8>,
    /// The last bytes after those.
    end: Vec<u8>,
    length: u64,
    file: Option<StreamFile>,
}

struct StreamFile {
    name: String,
    path: PathBuf,
    file: File,
    length: u64,
}

/// Calls `guest` with captured streams. The guest can write as much as it likes; what exceeds the
/// limits is dropped. Errors: pipes or threads cannot be created.
pub fn capture<T>(
    outputs: Option<&Outputs>,
    guest: impl FnOnce(Stdio) -> T,
) -> Result<(T, Captured)> {
    let (stdout, out) = start(outputs, "stdout.txt")?;
    let (stderr, err) = start(outputs, "stderr.txt")?;
    // The streams end when the guest's end of the pipes is dropped.
    let result = guest(Stdio::Capture { stdout, stderr });
    let captured = Captured {
        stdout: out.join().unwrap_or_default(),
        stderr: err.join().unwrap_or_default(),
    };
    Ok((result, captured))
}

fn start(outputs: Option<&Outputs>, name: &str) -> Result<(OutputFile, JoinHandle<Stream>)> {
    let fail =
        |e: std::io::Error| Diagnostic::environment(format!("cannot capture the output: {e}"));
    let (reader, writer) = std::io::pipe().map_err(fail)?;
    let outputs = outputs.map(|o| (o.directory.clone(), format!("{}{name}", o.prefix)));
    let thread = std::thread::Builder::new()
        .spawn(move || read(reader, outputs))
        .map_err(fail)?;
    Ok((OutputFile::new(file_of(writer)), thread))
}

#[cfg(unix)]
fn file_of(writer: PipeWriter) -> File {
    File::from(std::os::fd::OwnedFd::from(writer))
}

#[cfg(windows)]
fn file_of(writer: PipeWriter) -> File {
    File::from(std::os::windows::io::OwnedHandle::from(writer))
}

/// Reads a stream to its end.
fn read(mut reader: PipeReader, mut outputs: Option<(PathBuf, String)>) -> Stream {
    let mut stream = Stream::default();
    let mut buffer = vec![0; 64 << 10];
    while let Ok(n @ 1..) = reader.read(&mut buffer) {
        let bytes = &buffer[..n];
        stream.push(bytes);
        if stream.length > MIN_FILE as u64 {
            match outputs.take() {
                Some((directory, name)) => {
                    // All bytes so far are kept: a buffer is smaller than what may be kept after them.
                    stream.file = StreamFile::create(&directory, name, &stream.start);
                }
                None => stream.write(bytes),
            }
        }
    }
    stream
}

impl StreamFile {
    /// `None` if the file cannot be written: the report has both ends of the stream.
    fn create(directory: &Path, name: String, start: &[u8]) -> Option<Self> {
        let path = directory.join(&name);
        let mut file = File::create(&path).ok()?;
        file.write_all(start).ok()?;
        let length = start.len() as u64;
        Some(StreamFile {
            name,
            path,
            file,
            length,
        })
    }
}

impl Stream {
    /// The number of bytes that the guest wrote.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Whether all bytes are kept.
    pub fn is_whole(&self) -> bool {
        self.length == self.start.len() as u64
    }

    /// The kept bytes at the start.
    pub fn start(&self) -> &[u8] {
        &self.start
    }

    /// The maximum of [`Stream::start`], for messages.
    pub fn limit() -> String {
        format!("{} MiB", MAX_KEPT >> 20)
    }

    /// Whether the kept bytes contain `text`.
    pub fn contains(&self, text: &str) -> bool {
        let overlap = self.start.len().saturating_sub(text.len());
        let end = [&self.start[overlap..], &self.end].concat();
        [&self.start, &end]
            .iter()
            .any(|bytes| String::from_utf8_lossy(bytes).contains(text))
    }

    /// The stream as text of at most about `max` bytes: if it is longer, its ends, and the name of the file
    /// that has all of it.
    pub fn text(&self, max: usize) -> String {
        if self.length <= max as u64 {
            return String::from_utf8_lossy(&self.start).into_owned();
        }
        let half = max / 2;
        let start = &self.start[..half];
        let rest = half.saturating_sub(self.end.len());
        let end = [&self.start[self.start.len() - rest..], &self.end].concat();
        let end = &end[end.len() - half..];
        let omitted = self.length - 2 * half as u64;
        let file = match &self.file {
            Some(file) if file.length == self.length => {
                format!("; `{}` in the test's outputs has all", file.name)
            }
            Some(file) => format!(
                "; `{}` in the test's outputs has the first {} MiB",
                file.name,
                file.length >> 20
            ),
            None => String::new(),
        };
        format!(
            "{}\n... ({omitted} bytes omitted{file})\n{}",
            String::from_utf8_lossy(start),
            String::from_utf8_lossy(end)
        )
    }

    fn push(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        let room = MAX_KEPT - self.start.len();
        let (start, end) = bytes.split_at(room.min(bytes.len()));
        self.start.extend_from_slice(start);
        self.end.extend_from_slice(end);
        if self.end.len() > 2 * MAX_END {
            self.end.drain(..self.end.len() - MAX_END);
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        let Some(file) = &mut self.file else { return };
        let room = (MAX_FILE - file.length).min(bytes.len() as u64) as usize;
        if file.file.write_all(&bytes[..room]).is_err() {
            // A disk that is full. An incomplete file would mislead.
            let _ = std::fs::remove_file(&file.path);
            self.file = None;
            return;
        }
        file.length += room as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(length: usize, outputs: Option<(PathBuf, String)>) -> Stream {
        let (reader, mut writer) = std::io::pipe().expect("pipe");
        let thread = std::thread::spawn(move || read(reader, outputs));
        let line = b"0123456789abcde\n";
        let text: Vec<u8> = line.iter().copied().cycle().take(length).collect();
        writer.write_all(&text).expect("written");
        drop(writer);
        thread.join().expect("read")
    }

    #[test]
    fn short_streams_are_whole() {
        let stream = stream(20, None);
        assert!(stream.is_whole());
        assert_eq!(stream.text(20), "0123456789abcde\n0123");
        assert_eq!(stream.text(8), "0123\n... (12 bytes omitted)\n0123");
        assert!(stream.contains("cde\n01"));
        assert!(!stream.contains("x"));
    }

    #[test]
    fn long_streams_are_written_to_a_file() {
        let directory = tempfile::tempdir().expect("tempdir");
        let outputs = || Some((directory.path().to_owned(), "out".to_owned()));
        stream(MIN_FILE, outputs());
        assert!(!directory.path().join("out").exists());
        let length = MAX_KEPT + 3 * MAX_END + 5;
        let stream = stream(length, outputs());
        assert_eq!(stream.length(), length as u64);
        assert!(!stream.is_whole());
        assert_eq!(stream.start().len(), MAX_KEPT);
        assert!(stream.end.len() <= 2 * MAX_END);
        let omitted = length - 10;
        assert_eq!(
            stream.text(10),
            format!(
                "01234\n... ({omitted} bytes omitted; `out` in the test's outputs has all)\n01234"
            )
        );
        let written = directory.path().join("out").metadata().expect("a file");
        assert_eq!(written.len(), length as u64);
    }

    #[test]
    fn text_across_the_limit_is_found() {
        let mut stream = Stream::default();
        stream.push(&vec![b' '; MAX_KEPT - 2]);
        stream.push(b"abcd");
        assert!(stream.contains("abcd"));
        assert_eq!(stream.end, b"cd");
    }
}
