//! The test report as JUnit XML.

use crate::outcome::Outcome;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use rules_wit_common::{write_file, Diagnostic, Result};
use std::path::Path;
use std::time::Duration;

/// Writes the report of the suite `name` to `file`.
pub fn write(file: &Path, name: &str, outcomes: &[Outcome]) -> Result<()> {
    let text = render(name, outcomes)
        .map_err(|e| Diagnostic::new(format!("cannot render the report: {e}")))?;
    write_file(file, text.as_bytes())
}

fn render(
    name: &str,
    outcomes: &[Outcome],
) -> std::result::Result<String, quick_junit::SerializeError> {
    let name = escape(name);
    let time: Duration = outcomes.iter().map(|o| o.time).sum();
    let mut suite = TestSuite::new(name.as_str());
    suite.set_time(time);
    suite.add_test_cases(outcomes.iter().map(|outcome| case(&name, outcome)));
    let mut report = Report::new(name.as_str());
    report.set_time(time);
    report.add_test_suite(suite);
    report.to_string()
}

fn case(class: &str, outcome: &Outcome) -> TestCase {
    let status = match &outcome.failure {
        None => TestCaseStatus::success(),
        Some(failure) => {
            let failure = escape(failure);
            let message = failure.lines().take(2).collect::<Vec<_>>().join("; ");
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(message).set_description(failure);
            status
        }
    };
    let mut case = TestCase::new(escape(&outcome.name), status);
    case.set_classname(class).set_time(outcome.time);
    if !outcome.stdout.reported.is_empty() {
        case.set_system_out(escape(&outcome.stdout.reported));
    }
    if !outcome.stderr.reported.is_empty() {
        case.set_system_err(escape(&outcome.stderr.reported));
    }
    case
}

/// Escapes the characters that XML cannot represent, and those that quick-junit would drop: control
/// characters other than the newline.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\u{20}'..='\u{7e}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'.. => out.push(c),
            c => out.extend(c.escape_default()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Written;

    #[test]
    fn every_character_survives() {
        let hostile: String = ('\0'..'\u{120}')
            .chain("]]> \u{fffd}\u{fffe}\u{ffff}\u{10ffff}\u{1b}[31m".chars())
            .collect();
        let written = |text: &str| Written {
            shown: String::new(),
            reported: text.to_owned(),
        };
        let outcome = Outcome {
            name: hostile.clone(),
            failure: Some(hostile.clone()),
            time: Duration::from_millis(5),
            stdout: written(&String::from_utf8_lossy(b"\xff\xc3\x28")),
            stderr: written("a\tb\r\n"),
        };
        let report = render(&hostile, &[outcome]).expect("renders");
        assert!(!report.contains(|c: char| c.is_control() && c != '\n'));
        assert!(!report.contains("]]>"));
        for expected in [
            "\\u{0}\\u{1}",
            "\\t",
            "\\u{1b}[31m",
            "\\u{85}",
            "]]&gt; \u{fffd}\\u{fffe}\\u{ffff}\u{10ffff}",
            "<system-out>\u{fffd}\u{fffd}(</system-out>",
            "<system-err>a\\tb\\r\n</system-err>",
            "time=\"0.005\"",
        ] {
            assert!(report.contains(expected), "{expected}:\n{report}");
        }
        let parsed = Report::deserialize_from_str(&report).expect("is well-formed");
        let case = &parsed.test_suites[0].test_cases[0];
        assert_eq!(case.name.as_str(), escape(&hostile));
        let TestCaseStatus::NonSuccess { description, .. } = &case.status else {
            panic!("{case:?}");
        };
        assert_eq!(description.as_deref(), Some(escape(&hostile).as_str()));
    }
}
