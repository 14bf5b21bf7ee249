//! What the HTTP clients of the tools share: certificates, time limits and retries.

use backon::{BackoffBuilder, ExponentialBuilder};
use std::sync::Arc;
use std::time::Duration;
use ureq::config::ConfigBuilder;
use ureq::http::header::{HeaderMap, RETRY_AFTER};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::typestate::AgentScope;
use ureq::Agent;

/// The number of attempts without progress.
const ATTEMPTS: usize = 5;
const FIRST_DELAY: Duration = Duration::from_millis(250);
const MAX_DELAY: Duration = Duration::from_secs(30);
/// The longest obeyed `Retry-After`.
const MAX_WAIT: Duration = Duration::from_secs(120);

/// Returns an agent with proxies from the environment, root certificates from `SSL_CERT_FILE` or the system, and time limits.
/// It returns all statuses as answers.
///
/// `program` is what it calls itself, and `configure` sets what else the caller needs.
pub fn agent(
    program: &str,
    configure: impl FnOnce(ConfigBuilder<AgentScope>) -> ConfigBuilder<AgentScope>,
) -> Agent {
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
        .timeout_connect(Some(Duration::from_secs(20)))
        .timeout_recv_response(Some(Duration::from_secs(60)))
        .timeout_per_read(Some(Duration::from_secs(60)))
        .user_agent(format!("rules_wit {program}"));
    configure(config).build().new_agent()
}

/// Why an attempt failed.
pub enum AttemptError<E> {
    /// Another attempt may succeed, after the delay that the server asked for, if any.
    Retry {
        /// The reason.
        why: String,
        /// The delay.
        after: Option<Duration>,
    },
    /// Another attempt would fail too.
    Fatal(E),
}

impl<E> AttemptError<E> {
    /// An error after which another attempt may succeed at once.
    pub fn retry(why: &dyn std::fmt::Display) -> Self {
        AttemptError::Retry {
            why: why.to_string(),
            after: None,
        }
    }
}

/// Whether a server that answers with this status may answer otherwise a moment later.
pub fn is_temporary(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502..=504)
}

/// The value of `Retry-After` in seconds. Dates, its other form, are ignored.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

/// Repeats `attempt` with growing delays until it succeeds, fails for good, or made no progress for five times. `progress`
/// returns how far it got, in units of its own. Standard error names `url` before each delay.
///
/// Errors: that of the last attempt.
pub fn retry<T, E>(
    url: &str,
    progress: &mut dyn FnMut() -> u64,
    attempt: &mut dyn FnMut() -> Result<T, AttemptError<E>>,
) -> Result<T, AttemptError<E>> {
    let backoff = ExponentialBuilder::default()
        .with_min_delay(FIRST_DELAY)
        .with_max_delay(MAX_DELAY)
        .with_max_times(ATTEMPTS - 1)
        .with_jitter();
    let mut delays = backoff.build();
    let mut reached = progress();
    loop {
        let (why, after) = match attempt() {
            Err(AttemptError::Retry { why, after }) => (why, after),
            result => return result,
        };
        let now = progress();
        if now > reached {
            reached = now;
            delays = backoff.build();
        }
        let Some(delay) = delays.next() else {
            return Err(AttemptError::Retry { why, after });
        };
        let delay = delay.max(after.unwrap_or_default().min(MAX_WAIT));
        eprintln!("trying {url} again in {:.1} s: {why}", delay.as_secs_f32());
        std::thread::sleep(delay);
    }
}
