//! What a test expects of a component.

use rules_wit_common::{Diagnostic, Result};
use serde::Deserialize;

/// One call and what is to come of it: either `value` or `trap`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The call in WAVE.
    pub call: String,
    /// The result in WAVE; empty for a function without one.
    #[serde(default)]
    pub value: Option<String>,
    /// A text that the trap's message holds; empty for any trap.
    #[serde(default)]
    pub trap: Option<String>,
}

/// What a test expects: `cases`, or something of a command.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The calls.
    #[serde(default)]
    pub cases: Option<Vec<Case>>,
    /// The command's whole output.
    #[serde(default)]
    pub stdout: Option<String>,
    /// A text that the command's standard error holds.
    #[serde(default)]
    pub stderr_contains: Option<String>,
    /// The command's exit code, 0 unless given.
    #[serde(default)]
    pub exit_code: Option<i32>,
    /// A text that the message of the command's trap holds; empty for any trap.
    #[serde(default)]
    pub trap: Option<String>,
}

/// What a test does.
#[derive(Debug)]
pub enum Plan {
    /// Calls functions.
    Calls(Vec<Case>),
    /// Runs the command, and expects this of it.
    Command(Expectation),
}

impl Expectation {
    /// The plan that fulfils the expectation; one that expects nothing is no test.
    pub fn plan(self) -> Result<Plan> {
        let asks_command = self.stdout.is_some()
            || self.stderr_contains.is_some()
            || self.trap.is_some()
            || self.exit_code.is_some_and(|c| c != 0);
        match self.cases {
            Some(cases) if !cases.is_empty() => {
                if asks_command {
                    return Err(Diagnostic::new(
                        "a test has either `cases` or an expectation of a command, not both",
                    )
                    .hint("split it into two tests")
                    .into());
                }
                if let Some(case) = cases.iter().find(|c| c.value.is_some() == c.trap.is_some()) {
                    return Err(Diagnostic::new(format!(
                        "the case `{}` needs one of `value` and `trap`",
                        case.call
                    ))
                    .hint("`\"value\": \"\"` expects that a function without result returns")
                    .into());
                }
                Ok(Plan::Calls(cases))
            }
            // An exit code of 0 counts as an expectation where it is written out.
            _ if asks_command || self.exit_code.is_some() => Ok(Plan::Command(self)),
            _ => Err(Diagnostic::new("the test expects nothing: it has no cases")
                .hint("give it `cases`, or `stdout`, `stderr_contains`, `exit_code` or `trap`")
                .into()),
        }
    }
}
