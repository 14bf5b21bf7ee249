//! The report as JSON.

use super::{Package, Problem, Report};
use rules_wit_common::Severity;
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    ok: bool,
    packages: &'a [Package],
    interfaces: usize,
    worlds: usize,
    problems: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    severity: &'static str,
    kind: super::Kind,
    message: &'a str,
    sites: Vec<Place<'a>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    #[serde(skip_serializing_if = "str::is_empty")]
    label: &'a str,
}

/// The text of the document, with a newline at its end.
pub(super) fn text(report: &Report) -> String {
    let problems: Vec<Entry<'_>> = report.problems.iter().map(entry).collect();
    let document = Document {
        ok: problems.iter().all(|p| p.severity != "error"),
        packages: &report.packages,
        interfaces: report.interfaces,
        worlds: report.worlds,
        problems,
    };
    // Maps with keys that are no strings cannot be written; there is none.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn entry(problem: &Problem) -> Entry<'_> {
    let d = &problem.diagnostic;
    Entry {
        severity: match d.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        kind: problem.kind,
        message: d.title(),
        sites: (d.sites().iter())
            .map(|s| Place {
                file: s.path(),
                line: s.line(),
                column: s.column(),
                label: s.note(),
            })
            .collect(),
        notes: d.notes(),
        hint: d.mend(),
    }
}
