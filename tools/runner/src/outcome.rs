//! The outcome of a test case.

use std::time::Duration;

/// The outcome of a case.
pub struct Outcome {
    /// The name of the case.
    pub name: String,
    /// The reason, if the case failed.
    pub failure: Option<String>,
    /// The duration.
    pub time: Duration,
    /// The standard output of the guest.
    pub stdout: String,
    /// The standard error of the guest.
    pub stderr: String,
}
