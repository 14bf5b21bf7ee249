//! HTTP requests with retries.

use rules_wit_common::{Diagnostic, Failure};
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;
use ureq::http::{Request, Response};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::Agent;

/// The number of attempts, and the delay after the first; it doubles.
const ATTEMPTS: u32 = 4;
const DELAY: Duration = Duration::from_millis(300);
/// The longest obeyed `Retry-After`, in seconds.
const MAX_WAIT: u64 = 60;

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
    /// Returns a client with proxies from the environment, and root certificates from `SSL_CERT_FILE` or the
    /// system.
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
            // Registries redirect to storages, which must not see the credentials.
            .redirect_auth_headers(ureq::config::RedirectAuthHeaders::Never)
            .timeout_connect(Some(Duration::from_secs(20)))
            .timeout_recv_response(Some(Duration::from_secs(60)))
            .timeout_per_read(Some(Duration::from_secs(60)))
            .user_agent("rules_wit publisher")
            .build();
        Http(config.new_agent())
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
            let answer = self.once(call).map_err(|why| (why, None))?;
            if !temporary(answer.status) {
                return Ok(answer);
            }
            let after = answer
                .header("retry-after")
                .and_then(|v| v.trim().parse().ok());
            Err((answer.why(), after))
        })
    }
}

/// Whether the server may answer otherwise a moment later.
pub fn temporary(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502..=504)
}

/// Repeats `attempt`, which returns why it failed and the seconds that the server asks to wait.
pub fn retry<T>(
    url: &str,
    mut attempt: impl FnMut() -> Result<T, (String, Option<u64>)>,
) -> Result<T, Failure> {
    let mut delay = DELAY;
    let mut left = ATTEMPTS;
    loop {
        left -= 1;
        let (why, after) = match attempt() {
            Ok(value) => return Ok(value),
            Err(failed) => failed,
        };
        if left == 0 {
            return Err(
                Diagnostic::environment(format!("no answer from {url}: {why}"))
                    .hint("check the address, the network and the proxy, then try again")
                    .into(),
            );
        }
        let wait = delay.max(Duration::from_secs(after.unwrap_or_default().min(MAX_WAIT)));
        eprintln!("trying {url} again in {:.1} s: {why}", wait.as_secs_f32());
        std::thread::sleep(wait);
        delay *= 2;
    }
}
