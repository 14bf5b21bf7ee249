//! Downloads that resume after an interruption, in the same run or the next one.

use crate::digest::sha256_hex;
use crate::http::client::{too_large, AttemptError, Http};
use crate::source_error::SourceError;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use ureq::http::{header, Response};
use ureq::Body;

/// The largest file that is downloaded, in bytes.
const MAX_FILE: u64 = 2 << 30;

/// A complete download. Dropping it deletes the file.
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

/// An incomplete download.
struct Partial {
    file: File,
    /// The file that holds the validator of the bytes: the `ETag` or `Last-Modified` of the response.
    validator: Option<PathBuf>,
    paths: Vec<PathBuf>,
}

impl Http {
    /// Downloads a file, which must have at most [`MAX_FILE`] bytes.
    pub fn download(&self, url: &str) -> Result<Download, SourceError> {
        let mut partial = self.partial(url).map_err(|e| SourceError::Unreachable {
            what: url.to_owned(),
            why: format!("cannot store it: {e}"),
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

    fn attempt(
        &self,
        url: &str,
        partial: &mut Partial,
        bar: &ProgressBar,
    ) -> Result<(), AttemptError> {
        let disk = |e: io::Error| {
            AttemptError::Fatal(SourceError::Refused {
                what: url.to_owned(),
                why: format!("cannot store it: {e}"),
            })
        };
        let mut have = partial.file.metadata().map_err(disk)?.len();
        let validator = partial
            .validator
            .as_ref()
            .and_then(|p| fs::read_to_string(p).ok())
            .unwrap_or_default();
        if validator.is_empty() {
            // The partial file may be of another version.
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
            return Err(AttemptError::retry(&"the download cannot be resumed"));
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
            return Err(AttemptError::Fatal(too_large(url, MAX_FILE)));
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
                        return Err(AttemptError::Fatal(too_large(url, MAX_FILE)));
                    }
                    partial.file.write_all(&buffer[..n]).map_err(disk)?;
                    bar.set_position(have);
                }
                Err(e) => return Err(AttemptError::retry(&e)),
            }
        }
        match total {
            Some(total) if total != have => {
                Err(AttemptError::retry(&"the connection was closed early"))
            }
            _ => Ok(()),
        }
    }

    /// Opens the partial file of a URL in the cache, or a temporary one if another process holds it.
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
            // Without a cache, an interrupted download starts again in the next run.
            Ok(None) | Err(_) => Ok(Partial {
                file: tempfile::tempfile()?,
                validator: None,
                paths: Vec::new(),
            }),
        }
    }
}

/// A value for `If-Range`: a strong `ETag`, or `Last-Modified`.
fn validator_of(response: &Response<Body>) -> String {
    let text = |name| response.headers().get(name).and_then(|v| v.to_str().ok());
    text(header::ETAG)
        .filter(|tag| !tag.starts_with("W/"))
        .or_else(|| text(header::LAST_MODIFIED))
        .unwrap_or_default()
        .to_owned()
}

/// Whether a partial response starts at byte `have`.
fn continues(response: &Response<Body>, have: u64) -> bool {
    let range = response
        .headers()
        .get(header::CONTENT_RANGE)
        .and_then(|v| v.to_str().ok());
    range.is_some_and(|r| r.starts_with(&format!("bytes {have}-")))
}
