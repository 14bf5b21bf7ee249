//! The error type of the tools: all diagnostics of a run.

use crate::diagnostic::{Diagnostic, Severity};
use crate::exit;

/// The result of anything that can fail with errors for the user.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// One or more diagnostics: everything that a run found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    all: Vec<Diagnostic>,
    already_reported: bool,
}

impl Failure {
    /// Returns the diagnostics as one failure, or `None` if there are none.
    pub fn from_all(diagnostics: Vec<Diagnostic>) -> Option<Self> {
        (!diagnostics.is_empty()).then_some(Failure {
            all: diagnostics,
            already_reported: false,
        })
    }

    /// The diagnostics one by one.
    pub fn diagnostics(self) -> Vec<Diagnostic> {
        self.all
    }

    /// Marks the failure as reported by other means, such as JSON: [`Failure::render`] then returns
    /// an empty text.
    #[must_use]
    pub fn already_reported(mut self) -> Self {
        self.already_reported = true;
        self
    }

    /// Sets the label of the target at fault on each diagnostic that has none.
    #[must_use]
    pub fn target(mut self, label: Option<&str>) -> Self {
        for d in &mut self.all {
            if d.label.is_none() {
                d.label = label.map(str::to_owned);
            }
        }
        self
    }

    /// The exit code of the first error, one of [`crate::exit`].
    pub fn exit_code(&self) -> u8 {
        let mut errors = self.all.iter().filter(|d| d.severity == Severity::Error);
        errors.next().map_or(exit::INPUT, |d| d.code)
    }

    /// The text of all diagnostics, separated by empty lines.
    pub fn render(&self, colour: bool) -> String {
        if self.already_reported {
            return String::new();
        }
        let texts: Vec<String> = self.all.iter().map(|d| d.render(colour)).collect();
        texts.join("\n")
    }
}

impl IntoIterator for Failure {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.into_iter()
    }
}

impl From<Diagnostic> for Failure {
    fn from(d: Diagnostic) -> Self {
        Failure {
            all: vec![d],
            already_reported: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_do_not_decide_the_exit_code() {
        let warning = Diagnostic::warning("w").hint("h");
        let both = Failure::from_all(vec![warning, Diagnostic::environment("e")])
            .expect("two diagnostics");
        assert_eq!(both.exit_code(), exit::ENVIRONMENT);
        assert_eq!(both.render(false), "warning: w\nhint: h\n\nerror: e\n");
        assert_eq!(both.already_reported().render(false), "");
    }
}
