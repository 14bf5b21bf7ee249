//! HTTP requests, with retries and back-off. Redirects must use TLS, and sizes are limited.

use crate::http::url::{is_protected, join, origin};
use crate::source_error::SourceError;
use rules_wit_http::{is_temporary, retry, retry_after};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::PathBuf;
use ureq::http::{header, Response};
use ureq::{Agent, Body};

/// The largest API response, in bytes.
const MAX_ANSWER: u64 = 32 << 20;
const MAX_REDIRECTS: usize = 10;

/// A client with the proxies and root certificates of the user.
pub struct Http {
    agent: Agent,
    pub(super) cache: Option<PathBuf>,
    /// Hosts that failed all attempts, to which no more requests are sent.
    down: RefCell<BTreeSet<String>>,
}

/// Why an attempt failed.
pub type AttemptError = rules_wit_http::AttemptError<SourceError>;

impl Http {
    /// Returns a client with proxies from the environment, root certificates from `SSL_CERT_FILE` or the
    /// system, and partial downloads in the cache folder of the user.
    pub fn from_environment() -> Self {
        // `get` follows redirects, to check each address.
        let agent = rules_wit_http::agent("checksum_updater", |config| config.max_redirects(0));
        Http {
            agent,
            cache: cache_directory().map(|c| c.join("rules_wit/downloads")),
            down: RefCell::default(),
        }
    }

    /// Returns the text at an address, such as the response of an API.
    pub fn text(&self, url: &str, headers: &[(&str, &str)]) -> Result<String, SourceError> {
        self.retry(url, &mut || 0, &mut || {
            let mut response = self.get(url, headers)?;
            let mut text = String::new();
            let mut body = response
                .body_mut()
                .with_config()
                .limit(u64::MAX)
                .reader()
                .take(MAX_ANSWER + 1);
            body.read_to_string(&mut text)
                .map_err(|e| AttemptError::retry(&e))?;
            if text.len() as u64 > MAX_ANSWER {
                return Err(AttemptError::Fatal(too_large(url, MAX_ANSWER)));
            }
            Ok(text)
        })
    }

    /// Sends a request and follows redirects. Returns responses with status 200, 206, and 416, after
    /// which the caller restarts the download.
    pub(super) fn get(
        &self,
        url: &str,
        headers: &[(&str, &str)],
    ) -> Result<Response<Body>, AttemptError> {
        let mut url = url.to_owned();
        let first = origin(&url);
        for _ in 0..=MAX_REDIRECTS {
            if !is_protected(&url) {
                return Err(AttemptError::Fatal(refused(
                    &url,
                    "it is neither https nor on this machine",
                )));
            }
            let mut request = self.agent.get(&url);
            for (name, value) in headers {
                // A token is sent only to the host that it belongs to.
                if !name.eq_ignore_ascii_case("authorization") || origin(&url) == first {
                    request = request.header(*name, *value);
                }
            }
            let response = request.call().map_err(|e| failure(&url, e))?;
            match response.status().as_u16() {
                200 | 206 | 416 => return Ok(response),
                301 | 302 | 303 | 307 | 308 => {
                    let to = response
                        .headers()
                        .get(header::LOCATION)
                        .and_then(|v| v.to_str().ok());
                    url = match to.and_then(|to| join(&url, to)) {
                        Some(to) => to,
                        None => {
                            return Err(AttemptError::Fatal(refused(
                                &url,
                                "the redirect has no valid target",
                            )))
                        }
                    };
                }
                code if is_temporary(code) => {
                    return Err(AttemptError::Retry {
                        why: format!("the server responded with {code}"),
                        after: retry_after(response.headers()),
                    })
                }
                403 if exhausted(&response) => {
                    return Err(AttemptError::Fatal(SourceError::Unreachable {
                        what: url,
                        why: "the rate limit is exceeded; a token in GITHUB_TOKEN raises it"
                            .to_owned(),
                    }))
                }
                code => {
                    return Err(AttemptError::Fatal(SourceError::NotFound {
                        what: url,
                        why: format!("the server responded with {code}"),
                    }))
                }
            }
        }
        Err(AttemptError::Fatal(refused(&url, "too many redirects")))
    }

    /// Repeats `attempt` as [`rules_wit_http::retry`] does. After a failure, it asks the host no more.
    pub(super) fn retry<T>(
        &self,
        url: &str,
        progress: &mut dyn FnMut() -> u64,
        attempt: &mut dyn FnMut() -> Result<T, AttemptError>,
    ) -> Result<T, SourceError> {
        let unreachable = |why: String| SourceError::Unreachable {
            what: url.to_owned(),
            why,
        };
        let host = origin(url);
        if self.down.borrow().contains(&host) {
            return Err(unreachable("its host did not respond before".to_owned()));
        }
        retry(url, progress, attempt).map_err(|e| {
            let e = match e {
                AttemptError::Fatal(e) => e,
                AttemptError::Retry { why, .. } => unreachable(why),
            };
            if e.is_unreachable() {
                self.down.borrow_mut().insert(host);
            }
            e
        })
    }
}

fn failure(url: &str, error: ureq::Error) -> AttemptError {
    use std::io::ErrorKind::{ConnectionRefused, NetworkUnreachable};
    match error {
        ureq::Error::Timeout(_) => AttemptError::retry(&error),
        // A refused connection or an unknown host name is permanent.
        ureq::Error::Io(ref e)
            if ![ConnectionRefused, NetworkUnreachable].contains(&e.kind())
                && !e.to_string().contains("Name or service not known") =>
        {
            AttemptError::retry(&error)
        }
        // The connection was closed within the header.
        ureq::Error::Protocol(_) => AttemptError::retry(&error),
        error => AttemptError::Fatal(SourceError::Unreachable {
            what: url.to_owned(),
            why: error.to_string(),
        }),
    }
}

fn refused(url: &str, why: &str) -> SourceError {
    SourceError::Refused {
        what: url.to_owned(),
        why: why.to_owned(),
    }
}

pub fn too_large(url: &str, limit: u64) -> SourceError {
    refused(url, &format!("it is larger than {} MiB", limit >> 20))
}

fn exhausted(response: &Response<Body>) -> bool {
    response
        .headers()
        .get("x-ratelimit-remaining")
        .is_some_and(|v| v == "0")
}

/// The cache folder of the user.
fn cache_directory() -> Option<PathBuf> {
    let from = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|p| p.is_absolute())
    };
    from("XDG_CACHE_HOME")
        .or_else(|| from("LOCALAPPDATA"))
        .or_else(|| from("HOME").map(|h| h.join(".cache")))
}
