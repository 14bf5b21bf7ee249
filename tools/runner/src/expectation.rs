//! The expectations of a test.

use crate::http::options::Options;
use crate::requests::case::RequestCase;
use rules_wit_common::{Diagnostic, Result};
use serde::Deserialize;

/// A call and its expected end: either `value` or `trap`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The call in WAVE.
    pub call: String,
    /// The result in WAVE; empty for a function without result.
    #[serde(default)]
    pub value: Option<String>,
    /// A part of the trap's message; empty for any trap.
    #[serde(default)]
    pub trap: Option<String>,
}

/// The expectations of a test: `cases`, or the other fields for a command.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The calls.
    #[serde(default)]
    pub cases: Option<Vec<Case>>,
    /// The whole standard output of the command.
    #[serde(default)]
    pub stdout: Option<String>,
    /// A part of the command's standard error.
    #[serde(default)]
    pub stderr_contains: Option<String>,
    /// The exit code of the command; 0 by default.
    #[serde(default)]
    pub exit_code: Option<i32>,
    /// A part of the message of the command's trap; empty for any trap.
    #[serde(default)]
    pub trap: Option<String>,
}

/// The requests of a test.
#[derive(Debug)]
pub struct Requests {
    /// The requests.
    pub cases: Vec<RequestCase>,
    /// Whether they are sent at the same time.
    pub is_concurrent: bool,
    /// The limits of the server.
    pub options: Options,
}

/// The steps of a test.
#[derive(Debug)]
pub enum Plan {
    /// Calls functions.
    Calls(Vec<Case>),
    /// Runs the command.
    Command(Expectation),
    /// Sends requests.
    Requests(Requests),
}

impl Expectation {
    /// Returns the steps that check the expectations.
    ///
    /// Errors: no expectation at all, expectations of both kinds, and incomplete cases.
    pub fn plan(self) -> Result<Plan> {
        let asks_command = self.stdout.is_some()
            || self.stderr_contains.is_some()
            || self.trap.is_some()
            || self.exit_code.is_some_and(|c| c != 0);
        match self.cases {
            Some(cases) if !cases.is_empty() => {
                if asks_command {
                    return Err(Diagnostic::new(
                        "a test cannot have both `cases` and expectations of a command",
                    )
                    .hint("split it into two tests")
                    .into());
                }
                if let Some(case) = cases.iter().find(|c| c.value.is_some() == c.trap.is_some()) {
                    return Err(Diagnostic::new(format!(
                        "the case `{}` needs one of `value` and `trap`",
                        case.call
                    ))
                    .hint("write `\"value\": \"\"` for a function without result")
                    .into());
                }
                Ok(Plan::Calls(cases))
            }
            // An explicit exit code of 0 is an expectation.
            _ if asks_command || self.exit_code.is_some() => Ok(Plan::Command(self)),
            _ => Err(Diagnostic::new("the test has no expectations")
                .hint("add `cases`, or `stdout`, `stderr_contains`, `exit_code` or `trap`")
                .into()),
        }
    }
}
