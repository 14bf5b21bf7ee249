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
    pub stdout: Written,
    /// The standard error of the guest.
    pub stderr: Written,
}

/// What a guest wrote to a stream.
pub struct Written {
    /// The text for the log.
    pub shown: String,
    /// The text for the report, which can be longer.
    pub reported: String,
}
