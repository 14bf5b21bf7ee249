//! Runs a case and compares what came of it with what it records.

use crate::archive::{Archive, Section};
use crate::case::{Case, Done};
use crate::folder::Folder;
use crate::group;
use crate::tree::{Files, Output, Tool, Tree};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Runs a case; an error says what is wrong. With `bless`, writes what is expected instead of comparing it.
pub(crate) fn run(
    path: &Path,
    folder: &Folder,
    tool: &Arc<Tool>,
    bless: bool,
) -> Result<(), String> {
    let case = Case::read(path)?;
    let tree = case.tree(tool);
    let before = tree.files();
    let outputs: Vec<Output> = case
        .commands
        .iter()
        .map(|command| tree.execute(command))
        .collect();
    for (command, output) in case.commands.iter().zip(&outputs) {
        if output.code != command.code {
            let words = [std::slice::from_ref(&command.program), &command.args]
                .concat()
                .join(" ");
            return Err(format!(
                "`{words}` must exit with {}:\n{}",
                command.code,
                output.text()
            ));
        }
    }
    if let (Some(expected), Some(output)) = (&case.first_line, outputs.first()) {
        let mut lines = output.stdout.lines().chain(output.stderr.lines());
        let actual = lines.next().unwrap_or_default();
        if actual != expected {
            return Err(format!(
                "the first line must be\n{expected}\nand is\n{actual}"
            ));
        }
    }
    if let Some(derive) = folder.derive {
        derive(&tree);
    }
    let mut changed = tree.files();
    if let Some(path) = before.keys().find(|path| !changed.contains_key(*path)) {
        return Err(format!("`{path}` was removed"));
    }
    changed.retain(|path, bytes| before.get(path) != Some(bytes));
    let actual = sections(&case, folder, &tree, &outputs, &changed)?;
    if bless {
        write(&case, actual)?;
    } else {
        compare(&case, &actual)?;
    }
    if let Some(check) = folder.check {
        check(&Done {
            case: &case,
            tree,
            before,
            changed,
            outputs,
            tool: tool.clone(),
        });
    }
    Ok(())
}

/// The sections that would record what happened.
fn sections(
    case: &Case,
    folder: &Folder,
    tree: &Tree,
    outputs: &[Output],
    changed: &Files,
) -> Result<Vec<Section>, String> {
    let mut sections = Vec::new();
    for (i, output) in outputs.iter().enumerate() {
        for (stream, text) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            let name = if i == 0 {
                stream.to_owned()
            } else {
                format!("{stream} {}", i + 1)
            };
            if !text.is_empty() {
                sections.push(Section {
                    name,
                    content: text.clone(),
                });
            }
        }
    }
    for (path, bytes) in changed {
        let name = format!("expected {path}");
        if case.archive.get(&name).is_none()
            && folder
                .unlisted
                .iter()
                .any(|prefix| path.starts_with(prefix))
        {
            continue;
        }
        if std::str::from_utf8(bytes).is_err() {
            return Err(format!(
                "`{path}` was written and is not text: name it in `Folder::unlisted`"
            ));
        }
        sections.push(Section {
            name,
            content: tree.normal(bytes),
        });
    }
    Ok(sections)
}

fn write(case: &Case, actual: Vec<Section>) -> Result<(), String> {
    if case.sections(false).cloned().collect::<Vec<_>>() == actual {
        return Ok(());
    }
    let sections = case.sections(true).cloned().chain(actual).collect();
    let text = Archive {
        comment: case.archive.comment.clone(),
        sections,
    }
    .format()?;
    group::write(&case.file, &text)
}

fn compare(case: &Case, actual: &[Section]) -> Result<(), String> {
    fn by_name<'a>(sections: impl Iterator<Item = &'a Section>) -> BTreeMap<&'a str, &'a str> {
        sections
            .map(|s| (s.name.as_str(), s.content.as_str()))
            .collect()
    }
    let (expected, actual) = (by_name(case.sections(false)), by_name(actual.iter()));
    let mut differences = String::new();
    for name in expected
        .keys()
        .chain(actual.keys().filter(|name| !expected.contains_key(*name)))
    {
        let (old, new) = (expected.get(name), actual.get(name));
        if old != new {
            let state = match (old, new) {
                (None, _) => " (no such section)",
                (_, None) => " (nothing was written)",
                _ => "",
            };
            let (old, new) = (old.unwrap_or(&""), new.unwrap_or(&""));
            let diff = similar::TextDiff::from_lines(*old, *new);
            let diff = diff.unified_diff().header("expected", "actual").to_string();
            differences += &format!("{name}{state}:\n{diff}");
        }
    }
    match differences.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "{}: BLESS=1 records what differs:\n{differences}",
            case.file.display()
        )),
    }
}
