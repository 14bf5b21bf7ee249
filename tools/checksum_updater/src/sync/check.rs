//! `sync --check`: reports everything that is not up to date.

use crate::sync::generated::{data, files_with_literals, templates, Generated};
use crate::sync::strays::{text_of, Strays};
use crate::sync::{literals, locks, tree};
use crate::tool_versions::{self, Versions};
use rules_wit_common::{read_bytes, Diagnostic, Failure, Limit, Result, Site};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

/// The command that fixes every difference.
const COMMAND: &str = "bazel run //tools/checksum_updater -- sync";

/// Compares the generated files of the workspace `root` with what `sync` would write, and looks for
/// versions that should come from `TOOL_VERSIONS`.
///
/// Returns the number of generated files. All differences are one failure.
pub fn check(root: &Path) -> Result<usize> {
    let versions = &Versions::read(root)?;
    let files = &tree::files(root)?;
    let mut generated = templates(root, files, versions)?;
    generated.extend(data(root, files)?);
    let mut problems: Vec<Diagnostic> = generated.iter().filter_map(difference).collect();
    let outputs: BTreeSet<&str> = generated.iter().map(|g| g.path.as_str()).collect();
    let strays = Strays::new(versions);
    let with_literals: Vec<&str> = files_with_literals(files).collect();
    for path in files {
        let Ok(bytes) = read_bytes(&root.join(path), Limit::SOURCE) else {
            continue; // Larger than any source file.
        };
        let Some(text) = text_of(&bytes) else {
            continue;
        };
        let mut known: Vec<Range<usize>> = Vec::new();
        if with_literals.contains(&path.as_str()) {
            match literals::find(path, text, versions) {
                Ok(literals) => {
                    for found in literals {
                        problems.extend(wrong(path, text, &found));
                        known.push(found.range);
                    }
                }
                Err(failure) => {
                    problems.extend(failure);
                    continue;
                }
            }
        }
        problems.extend(strays.find(path, text, outputs.contains(path.as_str()), &known));
    }
    for workspace in locks::workspaces(files) {
        if let Some((name, version)) = locks::behind(root, workspace)? {
            let title = format!("{workspace}/Cargo.lock does not have {name} {version}, which {workspace}/Cargo.toml requires");
            problems.push(Diagnostic::new(title).hint(COMMAND));
        }
    }
    if !locks::crates_are_current(root) {
        let title = "the data of the crates does not match the lock files";
        problems.push(Diagnostic::new(title).hint(COMMAND));
    }
    match Failure::from_all(problems) {
        Some(failure) => Err(failure),
        None => Ok(generated.len()),
    }
}

/// Returns an error if a literal differs from `TOOL_VERSIONS`.
fn wrong(path: &str, text: &str, found: &literals::Found) -> Option<Diagnostic> {
    let (expected, at) = &found.expected;
    let has = &text[found.range.clone()];
    let site = Site::new(path, text, found.range.clone());
    let home = tool_versions::PATH;
    (has != expected).then(|| {
        let tool = &found.tool;
        Diagnostic::new(format!(
            "{path}:{}: {tool} is {has}, {home}:{at} says {expected}",
            site.line()
        ))
        .site(site)
        .hint(COMMAND)
    })
}

/// Returns an error with the first line in which a file differs from what it should be.
fn difference(file: &Generated) -> Option<Diagnostic> {
    let Generated {
        path,
        text,
        current,
        source,
    } = file;
    let Some(current) = current else {
        return Some(
            Diagnostic::new(format!("{path} is missing; it is generated from {source}"))
                .hint(COMMAND),
        );
    };
    if current == text {
        return None;
    }
    let pairs = current.lines().zip(text.lines());
    let same = pairs.take_while(|(a, b)| a == b).count();
    let line = |of: &str| match of.lines().nth(same) {
        Some(line) => format!("`{}`", line.trim()),
        None => "the end of the file".to_owned(),
    };
    let title = format!(
        "{path}:{} has {}, {source} says {}",
        same + 1,
        line(current),
        line(text)
    );
    Some(Diagnostic::new(title).hint(COMMAND))
}
