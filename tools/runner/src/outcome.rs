//! The outcome of a test case.

use std::time::Duration;

/// How a case went.
pub struct Outcome {
    /// The case's name.
    pub name: String,
    /// What is wrong, where it failed.
    pub failure: Option<String>,
    /// How long it took.
    pub time: Duration,
    /// What the guest wrote to the standard output.
    pub stdout: String,
    /// What the guest wrote to the standard error.
    pub stderr: String,
}
