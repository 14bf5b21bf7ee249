//! Downloads that go on where they were cut, in this run or in the next.

use super::{again, too_large, Failure, Http, MAX_FILE};
use crate::digest::sha256_hex;
use crate::source::SourceError;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use ureq::http::{header, Response};
use ureq::Body;

/// A complete download. The file goes when this does.
pub struct Download {
    file: File,
    paths: Vec<PathBuf>,
}

impl Read for Download {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        for path in &self.paths {
            let _ = fs::remove_file(path);
        }
    }
}

/// A file that is on its way.
struct Partial {
    file: File,
    /// The file with the validator: ETag or Last-Modified of what the bytes are from.
    validator: Option<PathBuf>,
    paths: Vec<PathBuf>,
}

impl Http {
    /// Downloads a file.
    pub fn download(&self, url: &str) -> Result<Download, SourceError> {
        let mut partial = self.partial(url).map_err(|e| SourceError::Unreachable {
            what: url.to_owned(),
            why: format!("cannot keep it: {e}"),
        })?;
        let bar = ProgressBar::no_length();
        let style = "{msg} {bytes}/{total_bytes} {binary_bytes_per_sec} {wide_bar}";
        bar.set_style(
            ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.set_message(url.rsplit('/').next().unwrap_or_default().to_owned());
        let counter = partial.file.try_clone().ok();
        let result = self.retry(
            url,
            &mut || {
                counter
                    .as_ref()
                    .and_then(|f| f.metadata().ok())
                    .map_or(0, |m| m.len())
            },
            &mut || self.attempt(url, &mut partial, &bar),
        );
        bar.finish_and_clear();
        result?;
        partial
            .file
            .seek(SeekFrom::Start(0))
            .map_err(|e| SourceError::Unreachable {
                what: url.to_owned(),
                why: format!("cannot read it again: {e}"),
            })?;
        Ok(Download {
            file: partial.file,
            paths: partial.paths,
        })
    }

    fn attempt(&self, url: &str, partial: &mut Partial, bar: &ProgressBar) -> Result<(), Failure> {
        let disk = |e: io::Error| {
            Failure::Never(SourceError::Refused {
                what: url.to_owned(),
                why: format!("cannot keep it: {e}"),
            })
        };
        let mut have = partial.file.metadata().map_err(disk)?.len();
        let validator = partial
            .validator
            .as_ref()
            .and_then(|p| fs::read_to_string(p).ok())
            .unwrap_or_default();
        if validator.is_empty() {
            // Nothing says that what comes now belongs to what is there.
            have = 0;
        }
        let range = format!("bytes={have}-");
        let mut headers = vec![("accept", "application/octet-stream")];
        if have > 0 {
            headers.extend([("range", range.as_str()), ("if-range", validator.as_str())]);
        }
        let mut response = self.get(url, &headers)?;
        let status = response.status().as_u16();
        if !continues(&response, have) {
            have = 0;
        }
        partial.file.set_len(have).map_err(disk)?;
        partial.file.seek(SeekFrom::Start(have)).map_err(disk)?;
        if status != 200 && have == 0 {
            return Err(again(&"it cannot go on where it was cut"));
        }
        if have == 0 {
            if let Some(path) = &partial.validator {
                fs::write(path, validator_of(&response)).map_err(disk)?;
            }
        }
        let total = response
            .body()
            .content_length()
            .map(|n| n.saturating_add(have));
        if total.is_some_and(|t| t > MAX_FILE) {
            return Err(Failure::Never(too_large(url, MAX_FILE)));
        }
        total.inspect(|t| bar.set_length(*t));
        bar.set_position(have);
        let mut body = response.body_mut().with_config().limit(u64::MAX).reader();
        let mut buffer = vec![0; 64 << 10];
        loop {
            match body.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => {
                    have += n as u64;
                    if have > MAX_FILE {
                        return Err(Failure::Never(too_large(url, MAX_FILE)));
                    }
                    partial.file.write_all(&buffer[..n]).map_err(disk)?;
                    bar.set_position(have);
                }
                Err(e) => return Err(again(&e)),
            }
        }
        match total {
            Some(total) if total != have => Err(again(&"the connection was cut")),
            _ => Ok(()),
        }
    }

    /// What is there of a file. Another process that is at the same file keeps it to itself.
    fn partial(&self, url: &str) -> io::Result<Partial> {
        let in_cache = || -> io::Result<Option<Partial>> {
            let Some(cache) = &self.cache else {
                return Ok(None);
            };
            fs::create_dir_all(cache)?;
            let path = cache.join(format!("{}.part", sha256_hex(url)));
            let validator = path.with_extension("validator");
            let file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)?;
            Ok(file.try_lock().is_ok().then(|| Partial {
                file,
                validator: Some(validator.clone()),
                paths: vec![path, validator],
            }))
        };
        match in_cache() {
            Ok(Some(partial)) => Ok(partial),
            // Without a cache it works as well, once.
            Ok(None) | Err(_) => Ok(Partial {
                file: tempfile::tempfile()?,
                validator: None,
                paths: Vec::new(),
            }),
        }
    }
}

/// A strong ETag, or the date of the last change: what If-Range takes.
fn validator_of(response: &Response<Body>) -> String {
    let text = |name| response.headers().get(name).and_then(|v| v.to_str().ok());
    text(header::ETAG)
        .filter(|tag| !tag.starts_with("W/"))
        .or_else(|| text(header::LAST_MODIFIED))
        .unwrap_or_default()
        .to_owned()
}

/// Whether a partial answer begins where it was asked to.
fn continues(response: &Response<Body>, have: u64) -> bool {
    let range = response
        .headers()
        .get(header::CONTENT_RANGE)
        .and_then(|v| v.to_str().ok());
    range.is_some_and(|r| r.starts_with(&format!("bytes {have}-")))
}
