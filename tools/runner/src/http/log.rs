//! The log of a server: one entry for each request.

use crate::text::one_line;
use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

/// Where the lines of the log go.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// A log on the standard error.
pub fn to_stderr() -> Log {
    Arc::new(|line| {
        // Nobody is left to tell if this fails.
        let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
    })
}

/// The entry of a request, which is written when it is dropped.
pub struct Entry {
    log: Log,
    is_quiet: bool,
    id: u64,
    request: String,
    start: Instant,
    status: Option<u16>,
    /// The bytes of the response's body.
    pub bytes: u64,
    /// What ended the response early.
    pub broken: Option<String>,
}

impl Entry {
    /// Starts the entry of the request `id`. A quiet log has no such lines.
    pub fn new(log: Log, is_quiet: bool, id: u64, method: &str, path: &str) -> Self {
        Entry {
            log,
            is_quiet,
            id,
            request: one_line(&format!("{method} {path}")),
            start: Instant::now(),
            status: None,
            bytes: 0,
            broken: Some("the client closed the connection".to_owned()),
        }
    }

    /// The response starts with this status.
    pub fn answered(&mut self, status: u16) {
        self.status = Some(status);
    }

    /// Writes a line about this request.
    pub fn write(&self, text: &str) {
        (self.log)(&format!("request {}: {text}", self.id));
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if self.is_quiet {
            return;
        }
        let status = match self.status {
            Some(status) => format!("{status}, {} bytes, ", self.bytes),
            None => String::new(),
        };
        let broken = self.broken.as_ref();
        let broken = broken.map(|b| format!(", {b}")).unwrap_or_default();
        let millis = self.start.elapsed().as_millis();
        self.write(&format!("{}: {status}{millis} ms{broken}", self.request));
    }
}
