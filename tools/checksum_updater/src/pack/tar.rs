//! Archives in the format ustar, with sorted entries and fixed times and owners.

use rules_wit_common::{Diagnostic, Result};

const BLOCK: usize = 512;

/// The longest path that fits into a header.
const MAX_PATH: usize = 100;

/// The time of all entries: the first second of the year 2000. Some programs warn about earlier times.
const TIME: u64 = 946_684_800;

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An executable.
    Program,
    /// Any other file.
    Data,
}

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name in the top folder.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// Its content.
    pub content: Vec<u8>,
}

/// Returns an archive with all files in the folder `top`.
///
/// Errors: duplicate names, and paths that do not fit.
pub fn archive(top: &str, mut entries: Vec<Entry>) -> Result<Vec<u8>> {
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    let mut out = Vec::new();
    let mut last = None;
    for entry in &entries {
        if last == Some(&entry.name) {
            let title = format!("two files of the archive are called `{}`", entry.name);
            return Err(Diagnostic::usage(title).hint("rename one of them").into());
        }
        last = Some(&entry.name);
        let path = match top {
            "" => entry.name.clone(),
            _ => format!("{top}/{}", entry.name),
        };
        let mode = match entry.kind {
            Kind::Program => 0o755,
            Kind::Data => 0o644,
        };
        out.extend(header(&path, entry.content.len() as u64, mode)?);
        out.extend(&entry.content);
        out.resize(out.len().next_multiple_of(BLOCK), 0);
    }
    out.resize(out.len() + 2 * BLOCK, 0);
    Ok(out)
}

fn header(path: &str, size: u64, mode: u32) -> Result<[u8; BLOCK]> {
    if path.len() > MAX_PATH || path.split('/').any(|p| p.is_empty() || p == "..") {
        let title = format!("`{path}` cannot be a path in an archive");
        let hint = format!("use at most {MAX_PATH} characters, and no `..`");
        return Err(Diagnostic::usage(title).hint(hint).into());
    }
    let mut header = [0; BLOCK];
    let mut put =
        |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, path);
    put(100, &format!("{mode:07o}"));
    put(108, "0000000"); // user
    put(116, "0000000"); // group
    put(124, &format!("{size:011o}"));
    put(136, &format!("{TIME:011o}"));
    put(148, "        "); // the checksum counts as blanks
    put(156, "0"); // a regular file
    put(257, "ustar\x0000");
    let sum: u32 = header.iter().map(|b| u32::from(*b)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    Ok(header)
}
