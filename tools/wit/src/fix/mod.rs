//! `wit fix`: brings older and loosely written WIT into the form that the component model's tools
//! read.

pub mod edit;
mod header;
mod structure;
mod syntax;
mod target;
mod uses;

use crate::check::{self, count, Kind, Problem};
use crate::tree::Tree;
use edit::Edit;
use rules_wit_common::{tell, write_file, write_output, Diagnostic, Failure, Result, Severity};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Brings WIT up to date: the form that today's tools read, with the same meaning.
///
/// A `use ns:package/interface.{names}` outside of any interface moves into the interfaces and
/// worlds that need the names; versions are filled in from the packages of the tree; forms of 2022
/// and 2023 (`function`, `expected<a, b>`, `use { a } from b`, unions, named results, no semicolons,
/// `default world`, functions outside of any interface, no `package` header or several) are replaced
/// by those of today. Only that is edited: comments and layout stay.
/// A package that would not hold together afterwards is left alone, and told with the reason.
///
/// Exits with 0 if all is in order now, 1 if something could not be fixed or, with --check, would
/// change, 2 for a wrong command line, 3 if something cannot be read or written.
#[derive(clap::Args)]
pub struct Args {
    /// A directory with packages, at any depth, or a `.wit` file.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write nothing; show as a diff what would change, and exit with 1 if anything would.
    #[arg(long)]
    check: bool,
}

/// What is to be done.
#[derive(Default)]
struct Plan {
    /// The edits of each file.
    edits: BTreeMap<usize, Vec<Edit>>,
    /// What stands in the way of a unit.
    refused: Vec<(usize, Problem)>,
    warnings: Vec<Diagnostic>,
}

/// What came of it.
struct Outcome {
    /// The new texts.
    texts: BTreeMap<usize, String>,
    problems: Vec<Problem>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let tree = Tree::read(&args.paths)?;
    let Outcome { texts, problems } = fix(&tree);
    let mut all: Vec<Diagnostic> = tree.unreadable.clone();
    all.extend(problems.into_iter().map(|p| p.diagnostic));
    let mut out = String::new();
    for (file, text) in &texts {
        let file = &tree.files[*file].0;
        if args.check {
            let diff = similar::TextDiff::from_lines(&file.text, text);
            let new = format!("{} (fixed)", file.shown);
            out.push_str(&diff.unified_diff().header(&file.shown, &new).to_string());
            continue;
        }
        // Through a link, so that it stays one.
        let path = file
            .path
            .canonicalize()
            .unwrap_or_else(|_| file.path.clone());
        match write_file(&path, text.as_bytes()) {
            Ok(()) => out.push_str(&format!("fixed {}\n", file.shown)),
            Err(e) => all.extend(e.diagnostics()),
        }
    }
    if args.check && !texts.is_empty() {
        let files = count(texts.len(), "file");
        let d = Diagnostic::new(format!("{files} would change"));
        all.push(d.hint("run `wit fix` without --check"));
    }
    let failed = all.iter().any(|d| d.severity() == Severity::Error);
    if !failed {
        let rest = tree.files.len() - texts.len();
        let (fixed, rest) = (count(texts.len(), "file"), count(rest, "file"));
        out.push_str(&format!("ok: {fixed} fixed, {rest} as before\n"));
    }
    write_output(Path::new("-"), out.as_bytes(), false)?;
    match Failure::from_all(all) {
        Some(all) if failed => return Err(all),
        Some(warnings) => tell(&warnings),
        None => {}
    }
    Ok(())
}

/// Finds the new texts. What one unit becomes depends on others, so a unit that turns out to be
/// beyond repair takes everything back to the start, without it.
fn fix(original: &Tree) -> Outcome {
    let restructured = structure::texts(original);
    let tree = &original.with_texts(&restructured);
    let mut alone: BTreeSet<usize> = BTreeSet::new();
    let mut problems: Vec<Problem> = Vec::new();
    loop {
        let plan = plan(tree, &alone);
        let mut texts = BTreeMap::new();
        for (file, edits) in plan.edits {
            let old = &tree.files[file].0.text;
            let new = edit::apply(old, edits);
            if new != *old {
                texts.insert(file, new);
            }
        }
        let fixed = tree.with_texts(&texts);
        let mut refused = plan.refused;
        let told: BTreeSet<usize> = refused.iter().map(|(unit, _)| *unit).collect();
        for (unit, problem) in check::within(&fixed) {
            let files = &fixed.units[unit].files;
            let is_changed = files.iter().any(|f| texts.contains_key(f));
            let Some(old) = tree.units.iter().position(|u| u.files == *files) else {
                continue;
            };
            if told.contains(&old) {
                continue;
            }
            let diagnostic = match is_changed {
                true => problem
                    .diagnostic
                    .note("the lines are those of the fixed text, which was not written"),
                false => problem.diagnostic,
            };
            refused.push((old, Problem::new(problem.kind, diagnostic)));
        }
        let before = alone.len();
        let first_time: Vec<(usize, Problem)> = refused
            .into_iter()
            .filter(|(u, _)| !alone.contains(u))
            .collect();
        for (unit, problem) in first_time {
            alone.insert(unit);
            problems.push(problem);
        }
        if alone.len() == before {
            let warnings = plan.warnings.into_iter();
            problems.extend(warnings.map(|d| Problem::new(Kind::Unresolved, d)));
            for (file, text) in restructured {
                let is_in = |unit: &usize| tree.units[*unit].files.contains(&file);
                if !alone.iter().any(is_in) {
                    texts.entry(file).or_insert(text);
                }
            }
            return Outcome { texts, problems };
        }
    }
}

fn plan(tree: &Tree, alone: &BTreeSet<usize>) -> Plan {
    let mut plan = Plan::default();
    let mut named = tree.clone();
    for unit in 0..tree.units.len() {
        if tree.units[unit].name.is_some() || alone.contains(&unit) {
            continue;
        }
        if let Some((name, file, edit)) = header::find(tree, unit, &mut plan.warnings) {
            named.units[unit].name = Some(name);
            plan.edits.entry(file).or_default().push(edit);
        }
    }
    let targets = target::Targets::new(&named);
    for unit in (0..tree.units.len()).filter(|u| !alone.contains(u)) {
        for file in &tree.units[unit].files {
            let edits = plan.edits.entry(*file).or_default();
            syntax::edits(&tree.files[*file], edits);
            let stray = structure::stray(&tree.files[*file]);
            plan.refused.extend(stray.map(|problem| (unit, problem)));
        }
        uses::edits(&targets, unit, &mut plan);
    }
    plan
}

/// The tree as it is when all is fixed that can be, and whether that is everything.
#[cfg(test)]
pub fn fixed(tree: &Tree) -> (Tree, bool) {
    let Outcome { texts, problems } = fix(tree);
    let is_warning = |p: &Problem| p.diagnostic.severity() == Severity::Warning;
    (tree.with_texts(&texts), problems.iter().all(is_warning))
}
