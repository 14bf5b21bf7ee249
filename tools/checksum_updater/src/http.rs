//! Requests over HTTP: retried with back-off, redirected only to where TLS protects, limited in
//! size, and resumed where a connection was cut.

mod download;

use crate::source::SourceError;
use backon::{BackoffBuilder, ExponentialBuilder};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use ureq::http::{header, Response, Uri};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body};

/// The largest file that is downloaded.
pub const MAX_FILE: u64 = 2 << 30;
/// The largest answer of an API.
const MAX_ANSWER: u64 = 32 << 20;
const MAX_REDIRECTS: usize = 10;
/// Attempts without progress.
const ATTEMPTS: usize = 5;
/// The longest that a server's Retry-After is obeyed.
const MAX_WAIT: Duration = Duration::from_secs(120);

/// A client with the user's proxies and roots of trust.
pub struct Http {
    agent: Agent,
    cache: Option<PathBuf>,
    /// Hosts that did not answer: not asked again in this run.
    down: RefCell<BTreeSet<String>>,
}

/// Why an attempt failed.
enum Failure {
    /// It may do better next time, after a while that the server may have named.
    Again {
        why: String,
        after: Option<Duration>,
    },
    /// It will not, in this run.
    Never(SourceError),
}

impl Http {
    /// A client for this user: proxies from the environment, roots from `SSL_CERT_FILE` or the
    /// system, partial downloads in the user's cache.
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
            // Followed here: each step is checked.
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

    /// The text at an address, such as an API's answer.
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
            body.read_to_string(&mut text).map_err(|e| again(&e))?;
            if text.len() as u64 > MAX_ANSWER {
                return Err(Failure::Never(too_large(url, MAX_ANSWER)));
            }
            Ok(text)
        })
    }

    /// Sends a request and follows redirects. Gives answers that have a body worth reading: 200,
    /// 206, and 416, which asks for a request from the start.
    fn get(&self, url: &str, headers: &[(&str, &str)]) -> Result<Response<Body>, Failure> {
        let mut url = url.to_owned();
        let first = origin(&url);
        for _ in 0..=MAX_REDIRECTS {
            if !is_protected(&url) {
                return Err(Failure::Never(refused(
                    &url,
                    "it is neither https nor on this machine",
                )));
            }
            let mut request = self.agent.get(&url);
            for (name, value) in headers {
                // A token is for the host that it was given for.
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
                            return Err(Failure::Never(refused(&url, "it redirects to nowhere")))
                        }
                    };
                }
                code @ (408 | 429 | 500..=599) => {
                    return Err(Failure::Again {
                        why: format!("it answers {code}"),
                        after: retry_after(&response),
                    })
                }
                403 if exhausted(&response) => {
                    return Err(Failure::Never(SourceError::Unreachable {
                        what: url,
                        why: "the rate limit is exceeded; a token in GITHUB_TOKEN has a higher one"
                            .to_owned(),
                    }))
                }
                code => {
                    return Err(Failure::Never(SourceError::NotFound {
                        what: url,
                        why: format!("it answers {code}"),
                    }))
                }
            }
        }
        Err(Failure::Never(refused(&url, "it is redirected too often")))
    }

    /// Tries until it works or makes no progress for some attempts, waiting longer each time.
    fn retry<T>(
        &self,
        url: &str,
        progress: &mut dyn FnMut() -> u64,
        attempt: &mut dyn FnMut() -> Result<T, Failure>,
    ) -> Result<T, SourceError> {
        let unreachable = |why: String| SourceError::Unreachable {
            what: url.to_owned(),
            why,
        };
        let host = origin(url);
        if self.down.borrow().contains(&host) {
            return Err(unreachable("its host did not answer before".to_owned()));
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
                Err(Failure::Never(e)) => {
                    if e.is_unreachable() {
                        self.down.borrow_mut().insert(host);
                    }
                    return Err(e);
                }
                Err(Failure::Again { why, after }) => (why, after),
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

fn failure(url: &str, error: ureq::Error) -> Failure {
    use std::io::ErrorKind::{ConnectionRefused, NetworkUnreachable};
    match error {
        ureq::Error::Timeout(_) => again(&error),
        // A name that is not known will not be known soon.
        ureq::Error::Io(ref e)
            if ![ConnectionRefused, NetworkUnreachable].contains(&e.kind())
                && !e.to_string().contains("Name or service not known") =>
        {
            again(&error)
        }
        // An answer that stops in its head.
        ureq::Error::Protocol(_) => again(&error),
        error => Failure::Never(SourceError::Unreachable {
            what: url.to_owned(),
            why: error.to_string(),
        }),
    }
}

fn again(error: &dyn std::fmt::Display) -> Failure {
    Failure::Again {
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

fn too_large(url: &str, limit: u64) -> SourceError {
    refused(url, &format!("it is larger than {} MiB", limit >> 20))
}

/// The seconds of Retry-After; its other form, a date, is left to the back-off.
fn retry_after(response: &Response<Body>) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

fn exhausted(response: &Response<Body>) -> bool {
    response
        .headers()
        .get("x-ratelimit-remaining")
        .is_some_and(|v| v == "0")
}

/// Whether TLS protects what comes from there, or it comes from this machine.
fn is_protected(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else {
        return false;
    };
    let host = uri.host().unwrap_or_default();
    let loopback = host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback());
    match uri.scheme_str() {
        Some("https") => !host.is_empty(),
        Some("http") => loopback,
        _ => false,
    }
}

/// Scheme, host and port.
fn origin(url: &str) -> String {
    let after = url.find("://").map_or(0, |i| i + 3);
    let end = url[after..]
        .find(['/', '?', '#'])
        .map_or(url.len(), |i| after + i);
    url[..end].to_ascii_lowercase()
}

/// Where a Location leads: absolute, of the same scheme, or of the same host.
fn join(from: &str, to: &str) -> Option<String> {
    if to.contains("://") {
        Some(to.to_owned())
    } else if let Some(rest) = to.strip_prefix("//") {
        Some(format!("{}://{rest}", from.split("://").next()?))
    } else {
        to.starts_with('/').then(|| format!("{}{to}", origin(from)))
    }
}

/// Where a user's programs keep what they can do without.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_protected_addresses() {
        for good in [
            "https://a.example/x",
            "http://127.0.0.1:1/x",
            "http://localhost/x",
            "http://[::1]:8/x",
        ] {
            assert!(is_protected(good), "{good}");
        }
        for bad in [
            "http://a.example/x",
            "ftp://a.example",
            "file:///etc",
            "http://127.0.0.1.a.example/",
            "x",
            "",
        ] {
            assert!(!is_protected(bad), "{bad}");
        }
    }

    #[test]
    fn redirects_are_joined() {
        let from = "https://a.example:8/b/c?d";
        assert_eq!(join(from, "/x").as_deref(), Some("https://a.example:8/x"));
        assert_eq!(
            join(from, "//b.example/x").as_deref(),
            Some("https://b.example/x")
        );
        assert_eq!(join(from, "http://c/").as_deref(), Some("http://c/"));
        assert_eq!(join(from, "x"), None);
        assert_eq!(origin("HTTPS://A.example"), "https://a.example");
    }
}
