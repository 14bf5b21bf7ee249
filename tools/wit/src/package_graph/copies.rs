//! Packages that are in a tree more than once: which one counts.

use super::meaning::Meanings;
use crate::problem::{Kind, Problem};
use crate::tree::Tree;
use rules_wit_common::Diagnostic;
use std::collections::{BTreeMap, BTreeSet};
use wit_parser::PackageName;

/// The packages that count.
#[derive(Debug)]
pub(super) struct Selection {
    /// The unit of each package.
    pub providers: BTreeMap<PackageName, usize>,
    /// The original of each unit: itself, or for one whose packages other units provide, the unit with
    /// its first package.
    pub originals: Vec<usize>,
    /// The errors of packages that two units have with different meanings.
    pub conflicts: Vec<([usize; 2], Problem)>,
    /// The warnings of copies that are ignored.
    pub ignored: Vec<Problem>,
}

/// Selects the packages that count, by the rule of wasm-tools: `deps` goes before a `deps` nested in a
/// dependency, which wasm-tools does not read.
///
/// 1. The tree goes before dependencies from elsewhere, and a dependency before one that is nested
///    deeper. The package of an encoded dependency goes before the dependencies in the same file.
/// 2. Dependencies with the same meaning are one package, whatever their comments and layout.
/// 3. All other copies are errors: two packages of the tree itself, and different dependencies.
pub(super) fn select(tree: &Tree) -> Selection {
    let mut by_name: BTreeMap<PackageName, Vec<usize>> = BTreeMap::new();
    for unit in 0..tree.units.len() {
        for name in tree.packages(unit) {
            by_name.entry(name).or_default().push(unit);
        }
    }
    let mut selection = Selection {
        providers: BTreeMap::new(),
        originals: (0..tree.units.len()).collect(),
        conflicts: Vec::new(),
        ignored: Vec::new(),
    };
    let mut meanings = Meanings::default();
    // The packages of each unit that another unit provides.
    let mut spare: BTreeMap<usize, BTreeMap<&PackageName, usize>> = BTreeMap::new();
    for (name, units) in &mut by_name {
        units.sort_by_key(|u| (tree.level(*u) > 1, tree.is_foreign(*u), tree.level(*u)));
        let [first, others @ ..] = units.as_slice() else {
            continue;
        };
        selection.providers.insert(name.clone(), *first);
        for other in others {
            let mut is_equal = || meanings.are_equal(tree, name, *first, *other);
            let is_nested = tree.level(*other) > 1 && tree.level(*first) < tree.level(*other);
            if is_nested {
                // A file has of a dependency only what its package uses.
                if !tree.is_decoded(*other) && !is_equal() {
                    selection.ignored.push(ignored(tree, name, *first, *other));
                }
            } else if tree.is_foreign(*other) && !tree.is_foreign(*first) {
                // Dependencies from elsewhere are for packages that the tree lacks.
            } else if tree.level(*other) == 0 && !tree.is_foreign(*other) || !is_equal() {
                let problem = twice(tree, name, *first, *other);
                selection.conflicts.push(([*first, *other], problem));
                continue;
            }
            spare.entry(*other).or_default().insert(name, *first);
        }
    }
    for (unit, names) in spare {
        let all = tree.packages(unit);
        if all.iter().all(|name| names.contains_key(name)) {
            let main = tree.units[unit].name.as_ref();
            let first = main.and_then(|name| names.get(name));
            let first = first.or_else(|| names.values().next());
            selection.originals[unit] = first.copied().unwrap_or(unit);
        }
    }
    selection
}

fn ignored(tree: &Tree, name: &PackageName, first: usize, other: usize) -> Problem {
    let (one, two) = (tree.shown_dir(first), tree.shown_dir(other));
    let d = Diagnostic::warning(format!(
        "package `{name}` in `{two}` is ignored: it differs from the one in `{one}`"
    ));
    let d = with_sites(d, tree, name, [(other, "ignored"), (first, "used")]);
    let d = d.hint("remove the nested copy, or update the one that is used");
    Problem::new(Kind::IgnoredPackage, d)
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
            match one == two {
                true => format!("package `{name}` is defined twice in `{one}`"),
                false => format!("package `{name}` is defined twice: in `{one}` and in `{two}`"),
            },
            "keep one of them, or change the name or version of the other",
        )
    };
    let d = with_sites(
        Diagnostic::new(title),
        tree,
        name,
        [(first, ""), (other, "")],
    );
    Problem::new(kind, d.hint(hint))
}

/// Adds the sites at which units declare a package.
fn with_sites(
    mut d: Diagnostic,
    tree: &Tree,
    name: &PackageName,
    units: [(usize, &str); 2],
) -> Diagnostic {
    for (unit, label) in units {
        if let Some(site) = tree.declared(unit, name) {
            d = d.site(site.label(label));
        }
    }
    d
}
