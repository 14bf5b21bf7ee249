//! Each package for itself, and then all together as the component model's tools see them.

use super::graph::Graph;
use super::{Kind, Problem};
use crate::tree::Tree;
use rules_wit_common::{Diagnostic, Failure};
use std::collections::{BTreeMap, BTreeSet};
use wit_parser::{PackageName, UnresolvedPackageGroup};
use wit_source::Batch;

/// For each unit the one that counts: itself, or, for a second copy below `deps`, where tools put
/// what they fetch, the first. Then those that cannot be resolved.
pub(super) fn select(tree: &Tree, problems: &mut Vec<Problem>) -> (Vec<usize>, BTreeSet<usize>) {
    let mut by_name: BTreeMap<PackageName, Vec<usize>> = BTreeMap::new();
    let mut counts: Vec<usize> = (0..tree.units.len()).collect();
    let mut bad = BTreeSet::new();
    for unit in 0..tree.units.len() {
        for name in tree.packages(unit) {
            by_name.entry(name).or_default().push(unit);
        }
    }
    for (name, mut units) in by_name {
        units.retain(|u| counts[*u] == *u);
        units.sort_by_key(|u| (tree.is_foreign(*u), tree.is_vendored(*u)));
        while let [first, .., last] = units[..] {
            let is_copy = tree.is_vendored(last) && tree.texts(first) == tree.texts(last);
            // What the tree has itself needs nobody else to bring it.
            let is_spare = tree.is_foreign(last) && !tree.is_foreign(first);
            if !is_copy && !is_spare {
                break;
            }
            counts[last] = first;
            units.pop();
        }
        if let [first, others @ ..] = units.as_slice() {
            for other in others {
                problems.push(twice(tree, &name, *first, *other));
                bad.extend([*first, *other]);
            }
        }
    }
    (counts, bad)
}

fn twice(tree: &Tree, name: &PackageName, first: usize, other: usize) -> Problem {
    let items = |unit: usize| -> BTreeSet<&str> {
        tree.scopes(unit)
            .filter(|(_, n, _)| n == name)
            .flat_map(|(_, _, s)| s.bodies.iter().map(|b| b.name.as_str()))
            .collect()
    };
    let (a, b) = (items(first), items(other));
    let is_split = a.is_disjoint(&b) && tree.units[first].dir != tree.units[other].dir;
    let (one, two) = (tree.shown_dir(first), tree.shown_dir(other));
    let (kind, title, hint) = if is_split {
        (
            Kind::SplitPackage,
            format!("package `{name}` is split over directories: `{one}` and `{two}`"),
            "move its files into one directory",
        )
    } else {
        (
            Kind::DuplicatePackage,
            format!("package `{name}` is defined twice: in `{one}` and in `{two}`"),
            "keep one of them, or give one another name or version",
        )
    };
    let mut d = Diagnostic::new(title);
    for unit in [first, other] {
        if let Some(site) = tree.declared(unit, name) {
            d = d.site(site);
        }
    }
    Problem::new(kind, d.hint(hint))
}

/// Parses and resolves all packages. Gives what is wrong with each unit.
pub(super) fn resolve(graph: &Graph<'_>, mut bad: BTreeSet<usize>) -> Vec<(usize, Problem)> {
    let mut out = Vec::new();
    let mut batch = Batch::default();
    let mut groups: BTreeMap<usize, (usize, UnresolvedPackageGroup)> = BTreeMap::new();
    for unit in graph.units.iter().copied() {
        let files = graph.tree.units[unit].files.iter();
        let number = batch.add(files.map(|i| {
            let file = &graph.tree.files[*i].0;
            (file.shown.clone(), file.text.clone())
        }));
        match batch.parse(number) {
            Ok(group) => {
                groups.insert(unit, (number, group));
            }
            Err(failure) => {
                bad.insert(unit);
                out.extend(failure.diagnostics().into_iter().map(|d| (unit, syntax(d))));
            }
        }
    }
    for (unit, failure) in resolve_in_order(&batch, groups, &bad, &graph.uses()) {
        let all = failure.diagnostics().into_iter();
        out.extend(all.map(|d| (unit, Problem::new(Kind::Unresolved, d))));
    }
    out
}

fn syntax(d: Diagnostic) -> Problem {
    let kind = match d.title() {
        t if t.starts_with("no `package` header") => Kind::NoHeader,
        t if t.contains("not defined") || t.contains("does not exist") => Kind::Unresolved,
        _ => Kind::Syntax,
    };
    let d = match d.mend() {
        Some(_) => d,
        None => d.hint("mend it here; older forms of WIT are brought up to date by `wit fix`"),
    };
    Problem::new(kind, d)
}

/// Resolves what is not bad and uses nothing bad. Gives the units that do not resolve.
fn resolve_in_order(
    batch: &Batch,
    mut groups: BTreeMap<usize, (usize, UnresolvedPackageGroup)>,
    bad: &BTreeSet<usize>,
    uses: &BTreeMap<usize, BTreeSet<usize>>,
) -> Vec<(usize, Failure)> {
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
    let failed = batch.resolve(order, |a, b| match (units.get(&a), units.get(&b)) {
        (Some(a), Some(b)) => needs(*a).contains(b),
        _ => false,
    });
    failed
        .into_iter()
        .filter_map(|(number, failure)| Some((*units.get(&number)?, failure)))
        .collect()
}
