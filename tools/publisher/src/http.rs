//! HTTP requests with retries.

use rules_wit_common::{Diagnostic, Failure};
use rules_wit_http::{is_temporary, retry_after};
use std::convert::Infallible;
use std::io::Read;
use ureq::config::RedirectAuthHeaders;
use ureq::http::{Request, Response};
use ureq::Agent;

/// Why an attempt failed. Another one may always succeed: other answers are no failures here.
pub type AttemptError = rules_wit_http::AttemptError<Infallible>;

/// An answer of a server.
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
    response: Response<()>,
}

impl Answer {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    /// The message in a registry's error, or the status.
    pub fn why(&self) -> String {
        let error: Option<serde_json::Value> = serde_json::from_slice(&self.body).ok();
        let text = error.as_ref().and_then(|e| {
            let first = &e["errors"][0];
            first["message"].as_str().or_else(|| first["code"].as_str())
        });
        match text {
            Some(text) => format!("status {}, {text}", self.status),
            None => format!("status {}", self.status),
        }
    }
}

/// A request.
pub struct Call<'a> {
    pub method: &'static str,
    pub url: &'a str,
    pub headers: Vec<(&'static str, String)>,
    pub body: &'a [u8],
    /// The largest allowed answer in bytes.
    pub limit: u64,
}

/// A client with the proxies and root certificates of the user.
pub struct Http(Agent);

impl Http {
    /// Returns a client with the proxies and root certificates of [`rules_wit_http::agent`].
    pub fn from_environment() -> Self {
        // Registries redirect to storages, which must not see the credentials.
        Http(rules_wit_http::agent("publisher", |config| {
            config.redirect_auth_headers(RedirectAuthHeaders::Never)
        }))
    }

    /// Sends a request once.
    ///
    /// Errors: the reason why there is no complete answer.
    pub fn once(&self, call: &Call<'_>) -> Result<Answer, String> {
        let mut request = Request::builder().method(call.method).uri(call.url);
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        let sent = match call.method {
            "GET" | "HEAD" => self.0.run(request.body(()).map_err(|e| e.to_string())?),
            _ => self
                .0
                .run(request.body(call.body).map_err(|e| e.to_string())?),
        };
        let (parts, body) = sent.map_err(|e| e.to_string())?.into_parts();
        let mut bytes = Vec::new();
        body.into_with_config()
            .limit(u64::MAX)
            .reader()
            .take(call.limit + 1)
            .read_to_end(&mut bytes)
            .map_err(|e| e.to_string())?;
        if bytes.len() as u64 > call.limit {
            return Err(format!("the answer is larger than {} bytes", call.limit));
        }
        Ok(Answer {
            status: parts.status.as_u16(),
            body: bytes,
            response: Response::from_parts(parts, ()),
        })
    }

    /// Sends a request until there is an answer that another attempt would not change.
    pub fn send(&self, call: &Call<'_>) -> Result<Answer, Failure> {
        retry(call.url, || {
            let answer = self.once(call).map_err(|why| AttemptError::retry(&why))?;
            if !is_temporary(answer.status) {
                return Ok(answer);
            }
            Err(AttemptError::Retry {
                why: answer.why(),
                after: retry_after(answer.response.headers()),
            })
        })
    }
}

/// Repeats `attempt` as [`rules_wit_http::retry`] does.
pub fn retry<T>(
    url: &str,
    mut attempt: impl FnMut() -> Result<T, AttemptError>,
) -> Result<T, Failure> {
    let result = rules_wit_http::retry(url, &mut || 0, &mut attempt);
    result.map_err(|e| {
        let why = match e {
            AttemptError::Retry { why, .. } => why,
            AttemptError::Fatal(never) => match never {},
        };
        Diagnostic::environment(format!("no answer from {url}: {why}"))
            .hint("check the address, the network and the proxy, then try again")
            .into()
    })
}
