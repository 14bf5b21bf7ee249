//! Writes the report as JSON.

use crate::package_graph::{Package, Report};
use crate::problem::{Kind, Problem};
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
    kind: Kind,
    message: &'a str,
    sites: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
}

#[derive(Serialize)]
struct Location<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    #[serde(skip_serializing_if = "str::is_empty")]
    label: &'a str,
}

/// The JSON text of a report, with a final newline.
pub(super) fn text(report: &Report) -> String {
    let problems: Vec<Entry<'_>> = report.problems.iter().map(entry).collect();
    let document = Document {
        ok: problems.iter().all(|p| p.severity != "error"),
        packages: &report.packages,
        interfaces: report.interfaces,
        worlds: report.worlds,
        problems,
    };
    // Cannot fail: all keys of maps are strings.
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
            .map(|s| Location {
                file: s.path(),
                line: s.line(),
                column: s.column(),
                label: s.label_text(),
            })
            .collect(),
        notes: d.notes(),
        hint: d.hint_text(),
    }
}
