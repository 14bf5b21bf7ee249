//! Packages that are in a tree more than once.

use crate::problem::{Kind, Problem};
use crate::tree::Tree;
use rules_wit_common::Diagnostic;
use std::collections::{BTreeMap, BTreeSet};
use wit_parser::PackageName;

/// Returns the original of each unit, and the units that cannot be resolved.
///
/// The original is the unit itself. For a second copy below `deps`, where tools put fetched
/// packages, or from outside of the tree, it is the first copy. Reports all other duplicates.
pub(super) fn select(tree: &Tree, problems: &mut Vec<Problem>) -> (Vec<usize>, BTreeSet<usize>) {
    let mut by_name: BTreeMap<PackageName, Vec<usize>> = BTreeMap::new();
    let mut originals: Vec<usize> = (0..tree.units.len()).collect();
    let mut bad = BTreeSet::new();
    for unit in 0..tree.units.len() {
        for name in tree.packages(unit) {
            by_name.entry(name).or_default().push(unit);
        }
    }
    for (name, mut units) in by_name {
        units.retain(|u| originals[*u] == *u);
        units.sort_by_key(|u| (tree.is_foreign(*u), tree.is_vendored(*u)));
        while let [first, .., last] = units[..] {
            let is_copy = tree.is_vendored(last) && tree.texts(first) == tree.texts(last);
            // The tree's own package takes precedence over one from outside.
            let is_spare = tree.is_foreign(last) && !tree.is_foreign(first);
            if !is_copy && !is_spare {
                break;
            }
            originals[last] = first;
            units.pop();
        }
        if let [first, others @ ..] = units.as_slice() {
            for other in others {
                problems.push(twice(tree, &name, *first, *other));
                bad.extend([*first, *other]);
            }
        }
    }
    (originals, bad)
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
            format!("package `{name}` is split across directories: `{one}` and `{two}`"),
            "move its files into one directory",
        )
    } else {
        (
            Kind::DuplicatePackage,
            format!("package `{name}` is defined twice: in `{one}` and in `{two}`"),
            "keep one of them, or change the name or version of the other",
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
