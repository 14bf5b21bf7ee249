//! Finds the fixed texts of a tree.

use super::plan::Plan;
use super::targets::Targets;
use super::{header, obsolete, old_syntax, structure, uses};
use crate::edit;
use crate::package_graph::Analysis;
use crate::problem::{Kind, Problem};
use crate::tree::Tree;
use rules_wit_common::Diagnostic;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use wit_parser::PackageName;

/// The result of fixing a tree.
pub(super) struct Outcome {
    /// The new texts, by the numbers of the files.
    pub texts: BTreeMap<usize, String>,
    pub problems: Vec<Problem>,
}

/// Fixes the texts of a tree.
///
/// The result for one unit depends on others. So if a unit turns out not to be fixable, it starts
/// again without that unit.
///
/// `given` is the name of the package without a header.
pub(super) fn fix(original: &Tree, given: Option<&PackageName>) -> Outcome {
    let (mut restructured, renamed) = structure::texts(original);
    restructured.retain(|file, _| !original.files[*file].0.is_decoded);
    let tree = &original.with_texts(&restructured);
    // Encoded packages have no text to change.
    let is_decoded = |unit: &usize| tree.is_decoded(*unit);
    let mut alone: BTreeSet<usize> = (0..tree.units.len()).filter(is_decoded).collect();
    let mut problems: Vec<Problem> = Vec::new();
    let mut seen: HashSet<Diagnostic> = HashSet::new();
    loop {
        let plan = plan(tree, given, &alone);
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
        let reported: BTreeSet<usize> = refused.iter().map(|(unit, _)| *unit).collect();
        let analysis = Analysis::of(&fixed);
        let before_fix = |unit: usize| {
            let files = &fixed.units[unit].files;
            tree.units.iter().position(|u| u.files == *files)
        };
        // Copies in the tree itself are fixed, each on its own.
        let is_dependency = |unit: &usize| fixed.level(*unit) > 0;
        for (units, problem) in analysis.conflicts() {
            if units.iter().any(is_dependency) {
                let units = units.iter().filter_map(|unit| before_fix(*unit));
                refused.extend(units.map(|unit| (unit, problem.clone())));
            }
        }
        for (unit, problem) in analysis.within() {
            let is_changed = (fixed.units[unit].files.iter()).any(|f| texts.contains_key(f));
            let Some(old) = before_fix(unit) else {
                continue;
            };
            if reported.contains(&old) {
                continue;
            }
            let diagnostic = match is_changed {
                true => problem
                    .diagnostic
                    .note("the lines refer to the fixed text, which was not written"),
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
            // The two units of a conflict have one problem.
            if seen.insert(problem.diagnostic.clone()) {
                problems.push(problem);
            }
        }
        if alone.len() == before {
            let is_alone = |file: usize| {
                let is_in = |unit: &usize| tree.units[*unit].files.contains(&file);
                alone.iter().any(is_in)
            };
            let renamed = renamed.into_iter().filter(|(file, _)| !is_alone(*file));
            let warnings = renamed.map(|(_, d)| d).chain(plan.warnings);
            problems.extend(warnings.map(|d| Problem::new(Kind::Unresolved, d)));
            for (file, text) in restructured {
                if !is_alone(file) {
                    texts.entry(file).or_insert(text);
                }
            }
            return Outcome { texts, problems };
        }
    }
}

fn plan(tree: &Tree, given: Option<&PackageName>, alone: &BTreeSet<usize>) -> Plan {
    let mut plan = Plan::default();
    let mut named = tree.clone();
    for unit in 0..tree.units.len() {
        if tree.units[unit].name.is_some() || alone.contains(&unit) {
            continue;
        }
        if let Some((name, file, edit)) = header::find(tree, unit, given, &mut plan.warnings) {
            named.units[unit].name = Some(name);
            plan.edits.entry(file).or_default().push(edit);
        }
    }
    let targets = Targets::new(&named);
    for unit in (0..tree.units.len()).filter(|u| !alone.contains(u)) {
        for file in &tree.units[unit].files {
            let edits = plan.edits.entry(*file).or_default();
            old_syntax::edits(&tree.files[*file], edits);
            let problems = obsolete::problems(&tree.files[*file]).into_iter();
            plan.refused.extend(problems.map(|problem| (unit, problem)));
        }
        uses::edits(&targets, unit, &mut plan);
    }
    plan
}

/// The fixed tree, and whether all of it could be fixed.
#[cfg(test)]
pub(super) fn fixed(tree: &Tree) -> (Tree, bool) {
    let Outcome { texts, problems } = fix(tree, None);
    // A package that is missing is only a warning, but what uses it does not resolve.
    (tree.with_texts(&texts), problems.is_empty())
}
