//! The errors of sources.

use rules_wit_common::Diagnostic;

/// Why a source did not return a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceError {
    /// The source does not respond, or cannot be trusted.
    Unreachable {
        /// The requested file.
        what: String,
        /// The reason.
        why: String,
    },
    /// The source does not have the file.
    NotFound {
        /// The requested file.
        what: String,
        /// The response of the source.
        why: String,
    },
    /// The client of the registry reports a wrong hash.
    Corrupt {
        /// The requested file.
        what: String,
        /// The message of the client.
        why: String,
    },
    /// The response violates a limit: too large, or a redirect to plain http.
    Refused {
        /// The requested file.
        what: String,
        /// The violated limit.
        why: String,
    },
}

impl SourceError {
    /// Whether the network is at fault.
    pub fn is_unreachable(&self) -> bool {
        matches!(self, SourceError::Unreachable { .. })
    }

    /// The reason, without the requested file.
    pub fn why(&self) -> &str {
        match self {
            SourceError::Unreachable { why, .. }
            | SourceError::NotFound { why, .. }
            | SourceError::Corrupt { why, .. }
            | SourceError::Refused { why, .. } => why,
        }
    }
}

impl From<SourceError> for Diagnostic {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Unreachable { what, why } => {
                Diagnostic::environment(format!("cannot reach {what}: {why}"))
                    .hint("check the network, and the configuration of proxies and mirrors")
            }
            SourceError::NotFound { what, why } => {
                Diagnostic::new(format!("{what} does not exist: {why}"))
                    .hint("check the name and the version")
            }
            SourceError::Corrupt { what, why } => {
                Diagnostic::new(format!("{what} does not have the hash of its source: {why}"))
                    .hint("do not use it; contact the publisher or the operator of the mirror")
            }
            SourceError::Refused { what, why } => {
                Diagnostic::new(format!("refusing {what}: {why}"))
                    .hint("contact the operator of the server; the limits are in tools/checksum_updater/src/http")
            }
        }
    }
}
