//! HTTP requests, with retries and back-off. Redirects must use TLS, and sizes are limited.

use crate::http::url::{is_protected, join, origin};
use crate::source_error::SourceError;
use backon::{BackoffBuilder, ExponentialBuilder};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use ureq::http::{header, Response};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body};

/// The largest API response, in bytes.
const MAX_ANSWER: u64 = 32 << 20;
const MAX_REDIRECTS: usize = 10;
/// The number of attempts without progress.
const ATTEMPTS: usize = 5;
/// The longest obeyed `Retry-After`.
const MAX_WAIT: Duration = Duration::from_secs(120);

/// A client with the proxies and root certificates of the user.
pub struct Http {
    agent: Agent,
    pub(super) cache: Option<PathBuf>,
    /// Hosts that failed all attempts, to which no more requests are sent.
    down: RefCell<BTreeSet<String>>,
}

/// Why an attempt failed.
pub enum AttemptError {
    /// Another attempt may succeed, after the delay that the server asked for, if any.
    Retry {
        why: String,
        after: Option<Duration>,
    },
    /// Another attempt would fail too.
    Fatal(SourceError),
}

impl Http {
    /// Returns a client with proxies from the environment, root certificates from `SSL_CERT_FILE` or the
    /// system, and partial downloads in the cache folder of the user.
    pub fn from_environment() -> Self {
        let roots: Vec<Certificate<'static>> = rustls_native_certs::load_native_certs()
            .certs
            .iter()
            .map(|der| Certificate::from_der(der).to_owned())
            .collect();
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::Specific(Arc::new(roots)))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            // `get` follows redirects, to check each address.
            .max_redirects(0)
            .timeout_connect(Some(Duration::from_secs(20)))
            .timeout_recv_response(Some(Duration::from_secs(60)))
            .timeout_per_read(Some(Duration::from_secs(60)))
            .user_agent("rules_wit checksum_updater")
            .build();
        Http {
            agent: config.new_agent(),
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
                .map_err(|e| retry_after_error(&e))?;
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
                code @ (408 | 429 | 500..=599) => {
                    return Err(AttemptError::Retry {
                        why: format!("the server responded with {code}"),
                        after: retry_after_header(&response),
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

    /// Repeats `attempt` with growing delays until it succeeds or [`ATTEMPTS`] attempts made no progress.
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
        let backoff = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(250))
            .with_max_delay(Duration::from_secs(30))
            .with_max_times(ATTEMPTS - 1)
            .with_jitter();
        let mut delays = backoff.build();
        let mut reached = progress();
        loop {
            let (why, after) = match attempt() {
                Ok(value) => return Ok(value),
                Err(AttemptError::Fatal(e)) => {
                    if e.is_unreachable() {
                        self.down.borrow_mut().insert(host);
                    }
                    return Err(e);
                }
                Err(AttemptError::Retry { why, after }) => (why, after),
            };
            let now = progress();
            if now > reached {
                reached = now;
                delays = backoff.build();
            }
            let Some(delay) = delays.next() else {
                self.down.borrow_mut().insert(host);
                return Err(unreachable(why));
            };
            let delay = delay.max(after.unwrap_or_default().min(MAX_WAIT));
            eprintln!("retrying {url} in {:.1} s: {why}", delay.as_secs_f32());
            std::thread::sleep(delay);
        }
    }
}

fn failure(url: &str, error: ureq::Error) -> AttemptError {
    use std::io::ErrorKind::{ConnectionRefused, NetworkUnreachable};
    match error {
        ureq::Error::Timeout(_) => retry_after_error(&error),
        // A refused connection or an unknown host name is permanent.
        ureq::Error::Io(ref e)
            if ![ConnectionRefused, NetworkUnreachable].contains(&e.kind())
                && !e.to_string().contains("Name or service not known") =>
        {
            retry_after_error(&error)
        }
        // The connection was closed within the header.
        ureq::Error::Protocol(_) => retry_after_error(&error),
        error => AttemptError::Fatal(SourceError::Unreachable {
            what: url.to_owned(),
            why: error.to_string(),
        }),
    }
}

pub fn retry_after_error(error: &dyn std::fmt::Display) -> AttemptError {
    AttemptError::Retry {
        why: error.to_string(),
        after: None,
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

/// The value of `Retry-After` in seconds. Dates, its other form, are ignored.
fn retry_after_header(response: &Response<Body>) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
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
