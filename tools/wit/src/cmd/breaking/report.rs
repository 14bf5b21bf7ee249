//! Writes the findings as text and as JSON.

use super::comparison::Comparison;
use super::finding::{Effect, Finding};
use super::rules::{Change, Rule};
use super::version::{is_enough, needed, Level};
use crate::wording::{count, unversioned};
use rules_wit_common::{Diagnostic, Site};
use serde::Serialize;

/// The version that a package needs.
#[derive(Serialize)]
struct Advice {
    package: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<String>,
    /// The level of its changes.
    level: Level,
    /// The smallest version that allows them.
    #[serde(skip_serializing_if = "Option::is_none")]
    needs: Option<String>,
    enough: bool,
}

/// The result of a comparison.
pub(super) struct Report {
    findings: Vec<Finding>,
    /// Whether each finding makes the comparison fail.
    fails: Vec<bool>,
    advice: Vec<Advice>,
}

#[derive(Serialize)]
struct Document<'a> {
    ok: bool,
    packages: &'a [Advice],
    findings: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    rule: &'static str,
    item: &'a str,
    message: &'a str,
    guests: Effect,
    hosts: Effect,
    fails: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<Location<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<Location<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Location<'a> {
    file: &'a str,
    line: usize,
    column: usize,
}

impl Report {
    pub fn new(comparison: Comparison<'_>, strict: bool, semver: bool) -> Self {
        let mut findings = comparison.findings;
        let (old, new) = (&comparison.sides.old.resolve, &comparison.sides.new.resolve);
        let mut advice = Vec::new();
        let mut bumped = Vec::new();
        for pair @ (from, to) in &comparison.sides.packages {
            let (from_name, to_name) = (&old.packages[*from].name, &new.packages[*to].name);
            let of = findings
                .iter()
                .filter(|f| f.packages == (Some(*from), Some(*to)));
            let mut level = of.map(level).max().unwrap_or(Level::None);
            if level == Level::None && comparison.redocumented.contains(&to.index()) {
                level = Level::Patch;
            }
            let versions = (from_name.version.as_ref(), to_name.version.as_ref());
            let enough = match versions {
                (Some(a), Some(b)) => is_enough(a, b, level),
                _ => true,
            };
            let needs = versions.0.map(|v| needed(v, level));
            if let (false, (Some(a), Some(b)), Some(needs)) = (enough, versions, &needs) {
                let why = match level {
                    _ if b < a => format!("the old version is {a}"),
                    Level::Major => "there are breaking changes".to_owned(),
                    Level::Minor => "items were added or deprecated".to_owned(),
                    Level::Patch | Level::None => "its documentation has changed".to_owned(),
                };
                findings.push(Finding {
                    rule: Rule::VersionTooSmall,
                    packages: (Some(*from), Some(*to)),
                    item: unversioned(from_name),
                    title: format!(
                        "version {b} of package `{}` is too low: {why}, so it must be at least {needs}",
                        unversioned(from_name)
                    ),
                    roles: Default::default(),
                    old: None,
                    new: None,
                    notes: Vec::new(),
                });
            }
            let has_versions = versions.0.is_some() && versions.1.is_some();
            if enough && has_versions {
                bumped.push(*pair);
            }
            advice.push(Advice {
                package: unversioned(from_name),
                old: versions.0.map(ToString::to_string),
                new: versions.1.map(ToString::to_string),
                level,
                needs: needs.map(|v| v.to_string()),
                enough,
            });
        }
        let is_bumped = |f: &Finding| match f.packages {
            (Some(a), Some(b)) => bumped.contains(&(a, b)),
            _ => false,
        };
        let fails = findings.iter().map(|f| {
            let effect = f.guests().max(f.hosts());
            let is_bad = effect == Effect::Breaks || (strict && effect == Effect::Extends);
            match semver {
                true => f.rule == Rule::VersionTooSmall || (is_bad && !is_bumped(f)),
                false => is_bad,
            }
        });
        Report {
            fails: fails.collect(),
            findings,
            advice,
        }
    }

    /// The errors and warnings, for the standard error.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let all = self.findings.iter().zip(&self.fails);
        all.filter(|(f, fails)| **fails || is_warning(f))
            .map(|(finding, fails)| diagnostic(finding, *fails))
            .collect()
    }

    /// The other findings, the versions and a summary line, for the standard output.
    pub fn summary(&self) -> String {
        let mut out = String::new();
        for (finding, fails) in self.findings.iter().zip(&self.fails) {
            if *fails || is_warning(finding) {
                continue;
            }
            let rest = match (finding.guests(), finding.hosts()) {
                (Effect::Extends, _) => "; implementers must add it",
                (_, Effect::Extends) => "; hosts must provide it once a guest uses it",
                _ => "",
            };
            let id = finding.rule.id();
            out.push_str(&format!("compatible: {}{rest} ({id})\n", finding.title));
        }
        for advice in &self.advice {
            let (Some(old), Some(new), Some(needs)) = (&advice.old, &advice.new, &advice.needs)
            else {
                continue;
            };
            let level = match advice.level {
                Level::None => continue,
                Level::Patch => "patch",
                Level::Minor => "minor",
                Level::Major => "major",
            };
            let package = &advice.package;
            out.push_str(&format!(
                "version: `{package}` {old} -> {new}: a {level} change, {needs} or later\n"
            ));
        }
        let breaking = self.findings.iter().filter(|f| f.breaks());
        let (mut guests, mut hosts, mut all) = (0, 0, 0);
        for finding in breaking {
            all += 1;
            guests += usize::from(finding.guests() == Effect::Breaks);
            hosts += usize::from(finding.hosts() == Effect::Breaks);
        }
        let packages = count(self.advice.len(), "package");
        out.push_str(&match all {
            0 => format!("ok: {packages} compared, nothing breaks\n"),
            _ => {
                let changes = count(all, "breaking change");
                let what = format!(
                    "{packages} compared, {changes}: {guests} for guests, {hosts} for hosts"
                );
                match self.fails.contains(&true) {
                    true => format!("breaking: {what}\n"),
                    false => format!("ok: {what}, as the versions allow\n"),
                }
            }
        });
        out
    }

    /// The findings and versions as JSON.
    pub fn json(&self) -> String {
        let entries = self.findings.iter().zip(&self.fails);
        let document = Document {
            ok: !self.fails.contains(&true),
            packages: &self.advice,
            findings: entries.map(|(f, fails)| entry(f, *fails)).collect(),
        };
        // Cannot fail: all keys of maps are strings.
        let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// The level of a single finding.
fn level(finding: &Finding) -> Level {
    match (finding.breaks(), finding.rule.change()) {
        (true, _) => Level::Major,
        (_, Change::Remark) if finding.rule != Rule::ItemDeprecated => Level::Patch,
        _ => Level::Minor,
    }
}

fn is_warning(finding: &Finding) -> bool {
    finding.breaks() || matches!(finding.rule, Rule::SinceTooOld | Rule::VersionTooSmall)
}

fn diagnostic(finding: &Finding, fails: bool) -> Diagnostic {
    let title = format!("{} ({})", finding.title, finding.rule.id());
    let mut d = match fails {
        true => Diagnostic::new(title),
        false => Diagnostic::warning(title),
    };
    let (old, new) = match finding.rule.change() {
        Change::Removed => ("was here", ""),
        Change::Added => ("", "added here"),
        Change::Changed => ("before", "now"),
        Change::Remark => ("", ""),
    };
    for (site, label) in [(&finding.old, old), (&finding.new, new)] {
        if let Some(site) = site {
            d = d.site(site.clone().label(label));
        }
    }
    for note in notes(finding) {
        d = d.note(note);
    }
    d.hint(finding.rule.hint())
}

fn notes(finding: &Finding) -> Vec<String> {
    let mut notes = finding.notes.clone();
    notes.extend(finding.roles.reasons(finding.rule));
    notes
}

fn entry(finding: &Finding, fails: bool) -> Entry<'_> {
    fn location(site: &Site) -> Location<'_> {
        Location {
            file: site.path(),
            line: site.line(),
            column: site.column(),
        }
    }
    Entry {
        rule: finding.rule.id(),
        item: &finding.item,
        message: &finding.title,
        guests: finding.guests(),
        hosts: finding.hosts(),
        fails,
        old: finding.old.as_ref().map(location),
        new: finding.new.as_ref().map(location),
        notes: notes(finding),
    }
}
