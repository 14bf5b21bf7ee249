//! Compares our tools with upstream's libraries on the cases of upstream's tests, and writes a page
//! with the results.
//!
//! A comparison runs several checks on each case; a check that does not apply has no answer. Every
//! difference must be explained in a data file, and every explanation must match a difference.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// A case of a corpus: a file or a directory.
#[derive(Clone, Debug)]
pub struct Case {
    /// The corpus.
    pub corpus: &'static str,
    /// The path within the corpus.
    pub name: String,
    /// The path on disk.
    pub path: PathBuf,
}

/// The result of one check on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Both sides agree.
    Same,
    /// They differ; the text says how.
    Differs(String),
}

impl Answer {
    /// Compares two values; `describe` returns the text for a difference.
    pub fn of<T: PartialEq>(ours: &T, theirs: &T, describe: impl FnOnce() -> String) -> Self {
        if ours == theirs {
            Answer::Same
        } else {
            Answer::Differs(describe())
        }
    }
}

/// The answers of one case by the name of the check. Checks that do not apply are absent.
pub type Answers = BTreeMap<&'static str, Answer>;

/// A set of corpora and the checks on their cases.
pub struct Set<'a> {
    /// The title of the page.
    pub title: &'a str,
    /// The text of the page before its table.
    pub introduction: &'a str,
    /// The checks in the order of the page: names and descriptions.
    pub checks: &'a [(&'static str, &'a str)],
    /// The command that writes the page.
    pub update: &'a str,
    /// What checks that the page is up to date, as the end of a sentence.
    pub checked: &'a str,
    /// The file with the explanations, for error messages.
    pub explanations: &'a str,
}

#[derive(Deserialize)]
struct Explanations(Vec<Explanation>);

/// Why some cases differ.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Explanation {
    corpus: String,
    cases: Vec<String>,
    checks: Vec<String>,
    reason: String,
}

/// Returns a description of the first line in which two texts differ.
pub fn first_difference(ours: &str, theirs: &str) -> String {
    let mut number = 0;
    let (mut a, mut b) = (ours.lines(), theirs.lines());
    loop {
        number += 1;
        match (a.next(), b.next()) {
            (Some(x), Some(y)) if x == y => {}
            (None, None) => return "the line endings differ".to_owned(),
            (x, y) => {
                let show = |line: Option<&str>| match line {
                    Some(line) => line.chars().take(300).collect(),
                    None => "(end of the text)".to_owned(),
                };
                return format!(
                    "line {number}\n    ours:     {}\n    upstream: {}",
                    show(x),
                    show(y)
                );
            }
        }
    }
}

/// Runs the checks on all cases, in threads, and returns the answers in the order of the cases.
pub fn check_all(cases: &[Case], check: impl Fn(&Case) -> Answers + Sync) -> Vec<Answers> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(BTreeMap::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| loop {
                let i = next.fetch_add(1, Ordering::Relaxed);
                let Some(case) = cases.get(i) else { return };
                let answers = check(case);
                let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                done.insert(i, answers);
            });
        }
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(done.len(), cases.len(), "a case has no answers");
    done.into_values().collect()
}

/// Copies a case, with the targets of symbolic links.
pub fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if !std::fs::metadata(from)?.is_dir() {
        return std::fs::write(to, std::fs::read(from)?);
    }
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

impl Set<'_> {
    /// Compares the answers with the explanations, and the page with the file `page`, or writes it.
    ///
    /// Prints differences without an explanation, explanations without a difference, and whether the
    /// page is out of date. Returns failure if there is any of these.
    pub fn finish(
        &self,
        cases: &[Case],
        answers: &[Answers],
        explanations: &str,
        page: &Path,
        write: bool,
    ) -> ExitCode {
        let explanations: Explanations = match serde_json::from_str(explanations) {
            Ok(all) => all,
            Err(e) => {
                eprintln!("error: {}: {e}", self.explanations);
                return ExitCode::FAILURE;
            }
        };
        let mut wrong = self.unexplained(cases, answers, &explanations);
        let text = self.page(cases, answers, &explanations);
        if write && wrong == 0 {
            if let Err(e) = std::fs::write(page, &text) {
                eprintln!("error: failed to write {}: {e}", page.display());
                return ExitCode::from(3);
            }
        } else if !write {
            let old = std::fs::read_to_string(page).unwrap_or_default();
            if old != text {
                let where_ = first_difference(&text, &old);
                println!("error: {} is out of date: {where_}", page.display());
                println!("hint: run `{}` and read the change", self.update);
                wrong += 1;
            }
        }
        println!("{} cases, {wrong} problems", cases.len());
        ExitCode::from(u8::from(wrong > 0))
    }

    /// Returns failure if there are differences, and prints them.
    pub fn all_equal(&self, cases: &[Case], answers: &[Answers]) -> ExitCode {
        let wrong = self.unexplained(cases, answers, &Explanations(Vec::new()));
        println!("{} cases, {wrong} problems", cases.len());
        ExitCode::from(u8::from(wrong > 0))
    }

    /// Prints differences without an explanation and explanations without a difference, and returns
    /// their number.
    fn unexplained(&self, cases: &[Case], answers: &[Answers], all: &Explanations) -> usize {
        let mut used = BTreeSet::new();
        let mut wrong = 0;
        for (case, answers) in cases.iter().zip(answers) {
            for (check, answer) in answers {
                let Answer::Differs(how) = answer else {
                    continue;
                };
                match all.find(case, check) {
                    Some(key) => {
                        used.insert(key);
                    }
                    None => {
                        println!("error: {}/{} [{check}]: {how}", case.corpus, case.name);
                        println!("hint: fix it, or explain it in {}", self.explanations);
                        wrong += 1;
                    }
                }
            }
        }
        for (i, explanation) in all.0.iter().enumerate() {
            for (j, case) in explanation.cases.iter().enumerate() {
                for (k, check) in explanation.checks.iter().enumerate() {
                    if !used.contains(&(i, j, k)) {
                        let corpus = &explanation.corpus;
                        println!("error: {corpus}/{case} [{check}]: explained, but equal");
                        println!("hint: remove it from {}", self.explanations);
                        wrong += 1;
                    }
                }
            }
        }
        wrong
    }

    fn page(&self, cases: &[Case], answers: &[Answers], all: &Explanations) -> String {
        let mut out = format!("# {}\n\n{}\n\n", self.title, self.introduction.trim());
        let _ = writeln!(
            out,
            "`{}` writes this page; {}.\n",
            self.update, self.checked
        );
        out.push_str("| corpus | check | compared | equal | explained |\n|---|---|--:|--:|--:|\n");
        let mut corpora: Vec<&str> = Vec::new();
        for case in cases {
            if !corpora.contains(&case.corpus) {
                corpora.push(case.corpus);
            }
        }
        for corpus in &corpora {
            let of: Vec<_> = cases
                .iter()
                .zip(answers)
                .filter(|(case, _)| case.corpus == *corpus)
                .collect();
            let mut shown = format!("{corpus}, {} cases", of.len());
            for (check, _) in self.checks {
                let compared = of.iter().filter_map(|(_, a)| a.get(check));
                let (same, other): (Vec<_>, Vec<_>) = compared.partition(|a| **a == Answer::Same);
                let count = same.len() + other.len();
                if count > 0 {
                    let (same, other) = (same.len(), other.len());
                    let _ = writeln!(out, "| {shown} | {check} | {count} | {same} | {other} |");
                    shown = String::new();
                }
            }
        }
        out.push_str("\n## Checks\n\n");
        for (check, what) in self.checks {
            let _ = writeln!(out, "- **{check}**: {what}");
        }
        out.push_str("\n## Explained differences\n\n");
        if all.0.is_empty() {
            out.push_str("None.\n");
        }
        for e in &all.0 {
            let cases: Vec<String> = e.cases.iter().map(|c| format!("`{c}`")).collect();
            let _ = writeln!(
                out,
                "- {} ({}) of {}: {}",
                cases.join(", "),
                e.checks.join(", "),
                e.corpus,
                e.reason.trim()
            );
        }
        out
    }
}

impl Explanations {
    fn find(&self, case: &Case, check: &str) -> Option<(usize, usize, usize)> {
        self.0.iter().enumerate().find_map(|(i, e)| {
            if e.corpus != case.corpus {
                return None;
            }
            let j = e.cases.iter().position(|c| *c == case.name)?;
            let k = e.checks.iter().position(|c| c == check)?;
            Some((i, j, k))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET: Set = Set {
        title: "T",
        introduction: "I",
        checks: &[("a", "A"), ("b", "B")],
        update: "update",
        checked: "a test checks it",
        explanations: "file",
    };

    fn fixture() -> (Vec<Case>, Vec<Answers>) {
        let case = |name: &str| Case {
            corpus: "c",
            name: name.to_owned(),
            path: PathBuf::new(),
        };
        let differs = Answer::Differs("x".to_owned());
        let answers = vec![
            Answers::from([("a", Answer::Same), ("b", differs)]),
            Answers::from([("a", Answer::Same)]),
        ];
        (vec![case("one"), case("two")], answers)
    }

    fn explain(text: &str) -> Explanations {
        serde_json::from_str(text).expect("parses")
    }

    #[test]
    fn every_difference_has_an_explanation_and_vice_versa() {
        let (cases, answers) = fixture();
        let line = |case: &str, check: &str| {
            format!(
                r#"{{"corpus": "c", "cases": ["{case}"], "checks": ["{check}"], "reason": "r"}}"#
            )
        };
        let wrong = |lines: &[String]| {
            let all = explain(&format!("[{}]", lines.join(",")));
            SET.unexplained(&cases, &answers, &all)
        };
        assert_eq!(wrong(&[]), 1);
        assert_eq!(wrong(&[line("one", "b")]), 0);
        assert_eq!(wrong(&[line("one", "a")]), 2);
        assert_eq!(wrong(&[line("one", "b"), line("two", "b")]), 1);
    }

    #[test]
    fn the_page_counts() {
        let (cases, answers) = fixture();
        let page = SET.page(&cases, &answers, &explain("[]"));
        assert!(
            page.contains("| c, 2 cases | a | 2 | 2 | 0 |\n|  | b | 1 | 0 | 1 |\n"),
            "{page}"
        );
    }

    #[test]
    fn the_page_is_compared_and_written() {
        let (cases, mut answers) = fixture();
        let dir = std::env::temp_dir().join(format!("harness-{}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("mkdir");
        let page = dir.join("page.md");
        let finish = |answers: &[Answers], write| {
            let code = SET.finish(&cases, answers, "[]", &page, write);
            code == ExitCode::SUCCESS
        };
        assert!(
            !finish(&answers, true),
            "a difference that is not explained"
        );
        assert!(!page.exists());
        answers[0].insert("b", Answer::Same);
        assert!(!finish(&answers, false), "no page yet");
        assert!(finish(&answers, true));
        assert!(finish(&answers, false));
        answers[1].insert("b", Answer::Same);
        assert!(!finish(&answers, false), "other counts");
        std::fs::remove_dir_all(&dir).expect("rmdir");
    }
}
