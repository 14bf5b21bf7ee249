//! Parses and resolves all packages of a graph.

use super::graph::Graph;
use crate::encoding;
use crate::problem::{Kind, Problem};
use crate::tree::Tree;
use rules_wit_common::Diagnostic;
use std::collections::{BTreeMap, BTreeSet};
use wit_parser::UnresolvedPackageGroup;
use wit_source::{Batch, Resolved};

/// Parses and resolves all packages, and returns the problems with their units.
///
/// Units in `bad`, and units that use one, are parsed but not resolved.
pub(super) fn resolve(graph: &Graph<'_>, bad: &BTreeSet<usize>) -> Vec<(usize, Problem)> {
    let mut bad = bad.clone();
    let mut out = Vec::new();
    let mut batch = Batch::default();
    let mut groups: BTreeMap<usize, (usize, UnresolvedPackageGroup)> = BTreeMap::new();
    for unit in graph.units.iter().copied() {
        let (number, group) = graph.parse(&mut batch, unit);
        match group {
            Ok(group) => {
                groups.insert(unit, (number, group));
            }
            Err(failure) => {
                bad.insert(unit);
                let all = failure.diagnostics().into_iter();
                out.extend(all.map(|d| (unit, syntax(graph.tree, d))));
            }
        }
    }
    let (units, resolved) = resolve_in_order(&batch, groups, &bad, &graph.uses());
    let unit = |number: &usize| units.get(number).copied();
    for (number, failure) in resolved.failed {
        let Some(unit) = unit(&number) else {
            continue;
        };
        let all = failure.diagnostics().into_iter();
        out.extend(all.map(|d| (unit, Problem::new(Kind::Unresolved, d))));
    }
    let mut budget = encoding::Budget::default();
    for (number, package) in &resolved.packages {
        let Some(unit) = unit(number).filter(|unit| !graph.tree.is_foreign(*unit)) else {
            continue;
        };
        let site = |span| batch.site(&resolved.resolve, span);
        let all = encoding::check(&resolved.resolve, *package, &mut budget, site).into_iter();
        out.extend(all.map(|d| (unit, Problem::new(Kind::NotEncodable, d))));
    }
    out
}

fn syntax(tree: &Tree, d: Diagnostic) -> Problem {
    let kind = match d.title() {
        t if t.starts_with("no `package` header") => Kind::NoHeader,
        t if t.contains("not defined") || t.contains("does not exist") => Kind::Unresolved,
        _ => Kind::Syntax,
    };
    let d = match d.hint_text() {
        Some(_) => d,
        None => {
            let path = d.sites().first().map(|s| s.path());
            let mut files = tree.files.iter();
            let file = files.find(|(file, _)| Some(file.shown.as_str()) == path);
            let is_old = file.is_some_and(|(file, outline)| outline.is_old(&file.text));
            d.hint(match is_old {
                true => "fix the syntax here; `wit fix` updates older WIT",
                false => "fix the syntax here",
            })
        }
    };
    Problem::new(kind, d)
}

/// Resolves the units that are not bad and use no bad one, dependencies first. Returns the units by
/// their numbers in the batch, and the result.
fn resolve_in_order(
    batch: &Batch,
    mut groups: BTreeMap<usize, (usize, UnresolvedPackageGroup)>,
    bad: &BTreeSet<usize>,
    uses: &BTreeMap<usize, BTreeSet<usize>>,
) -> (BTreeMap<usize, usize>, Resolved) {
    let none = BTreeSet::new();
    let needs = |unit: usize| uses.get(&unit).unwrap_or(&none);
    let mut users: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut open: BTreeMap<usize, usize> = BTreeMap::new();
    for unit in groups.keys() {
        let others: Vec<usize> = needs(*unit).iter().copied().filter(|u| u != unit).collect();
        open.insert(*unit, others.len());
        for other in others {
            users.entry(other).or_default().push(*unit);
        }
    }
    let mut ready: Vec<usize> = open
        .iter()
        .filter(|(_, n)| **n == 0)
        .map(|(u, _)| *u)
        .collect();
    let mut order = Vec::new();
    let mut units: BTreeMap<usize, usize> = BTreeMap::new();
    while let Some(unit) = ready.pop() {
        if bad.contains(&unit) {
            continue;
        }
        let Some((number, group)) = groups.remove(&unit) else {
            continue;
        };
        order.push((number, group));
        units.insert(number, unit);
        for user in users.get(&unit).into_iter().flatten() {
            if let Some(n) = open.get_mut(user) {
                *n -= 1;
                if *n == 0 {
                    ready.push(*user);
                }
            }
        }
    }
    let resolved = batch.resolve(order, |a, b| match (units.get(&a), units.get(&b)) {
        (Some(a), Some(b)) => needs(*a).contains(b),
        _ => false,
    });
    (units, resolved)
}
