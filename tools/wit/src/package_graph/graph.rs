//! The graph of packages: which package uses which.

use super::copies::Selection;
use crate::manifest::{Locked, Manifest};
use crate::syntax::PackageRef;
use crate::tree::Tree;
use crate::wording::unversioned;
use rules_wit_common::{Result, Site};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use wit_parser::{PackageName, UnresolvedPackageGroup};
use wit_source::Batch;

/// A use of another package.
#[derive(Debug)]
pub(super) struct Edge {
    /// The package that uses it, and its unit.
    pub from: PackageName,
    pub unit: usize,
    /// The package as written.
    pub to: PackageRef,
    /// The package in the tree, perhaps of another version.
    pub target: Option<PackageName>,
    pub file: usize,
    pub range: Range<usize>,
}

/// A manifest, and the units that it concerns.
#[derive(Debug)]
pub(super) struct Declared {
    pub manifest: Manifest,
    /// The units that it belongs to.
    pub homes: Vec<usize>,
    /// The units of each entry; `None` if it was not found.
    pub targets: Vec<Option<Vec<usize>>>,
    /// The units that it belongs to, and those of all entries, without replacing copies by their
    /// originals.
    pub with_copies: (Vec<usize>, Vec<usize>),
    /// The entries of the lock file beside the manifest.
    pub locked: Vec<Locked>,
}

/// The packages of a tree, and their uses of each other.
#[derive(Debug)]
pub(super) struct Graph<'t> {
    pub tree: &'t Tree,
    /// The units that count: no second copies.
    pub units: Vec<usize>,
    /// The unit of each package.
    pub by_name: BTreeMap<PackageName, usize>,
    /// The original of each unit: itself, or the unit that it is a copy of.
    originals: Vec<usize>,
    /// All units, including copies.
    by_dir: BTreeMap<&'t Path, Vec<usize>>,
    /// The versions of each `namespace:name`.
    versions: BTreeMap<(String, String), BTreeSet<PackageName>>,
    pub edges: Vec<Edge>,
    pub declared: Vec<Declared>,
    /// The numbers of the manifests of each unit.
    manifests: BTreeMap<usize, Vec<usize>>,
}

impl<'t> Graph<'t> {
    /// The graph of the packages of a tree that count.
    pub(super) fn new(tree: &'t Tree, selection: Selection) -> Self {
        let Selection {
            providers,
            originals,
            ..
        } = selection;
        let all = originals.iter().enumerate();
        let units: Vec<usize> = all.filter(|(i, u)| i == *u).map(|(i, _)| i).collect();
        let mut graph = Graph {
            tree,
            by_name: providers,
            originals,
            by_dir: BTreeMap::new(),
            versions: BTreeMap::new(),
            edges: Vec::new(),
            declared: Vec::new(),
            manifests: BTreeMap::new(),
            units,
        };
        for (unit, source) in tree.units.iter().enumerate() {
            graph.by_dir.entry(&source.dir).or_default().push(unit);
        }
        for name in graph.by_name.keys() {
            let key = (name.namespace.clone(), name.name.clone());
            graph.versions.entry(key).or_default().insert(name.clone());
        }
        for unit in graph.units.clone() {
            for (file, from, scope) in tree.scopes(unit) {
                // Another unit may provide a package that is nested in this one.
                if graph.by_name.get(&from) != Some(&unit) {
                    continue;
                }
                for path in scope.paths() {
                    let Some(to) = path.package.clone() else {
                        continue;
                    };
                    let is_self = to.to_name() == from;
                    if !is_self {
                        graph.edges.push(Edge {
                            from: from.clone(),
                            unit,
                            to,
                            target: None,
                            file,
                            range: path.range.clone(),
                        });
                    }
                }
            }
        }
        graph
    }

    /// Parses a unit, without the packages that other units provide. Returns its number in `batch`.
    pub(super) fn parse(
        &self,
        batch: &mut Batch,
        unit: usize,
    ) -> (usize, Result<UnresolvedPackageGroup>) {
        let number = batch.add(self.tree.named_texts(unit));
        let mut group = batch.parse(number);
        if let Ok(group) = &mut group {
            let is_own = |name: &PackageName| self.by_name.get(name).is_none_or(|u| *u == unit);
            group.nested.retain(|package| is_own(&package.name));
            if !is_own(&group.main.name) && !group.nested.is_empty() {
                group.main = group.nested.remove(0);
            }
        }
        (number, group)
    }

    /// The units in a directory, or the one with a file; originals in place of copies.
    pub(super) fn at(&self, path: &Path) -> Vec<usize> {
        self.units_at(path, |unit| self.originals[unit])
    }

    /// The units in a directory, or the one with a file, including copies.
    pub(super) fn copies_at(&self, path: &Path) -> Vec<usize> {
        self.units_at(path, |unit| unit)
    }

    /// The original of a unit: itself, or the unit that it is a copy of.
    pub(super) fn original(&self, unit: usize) -> usize {
        self.originals[unit]
    }

    /// The units in the directories below `dir`, and in itself, including copies.
    pub(super) fn copies_below(&self, dir: &Path) -> Vec<usize> {
        let from = self.by_dir.range(dir..);
        let below = from.take_while(|(path, _)| path.starts_with(dir));
        below.flat_map(|(_, units)| units.iter().copied()).collect()
    }

    /// The units below `dir`, including copies, that are called `namespace:name`. Those in a directory
    /// `deps`, where tools put fetched packages, or else all.
    pub(super) fn copies_named(&self, name: &str, dir: &Path) -> Vec<usize> {
        let is_named = |unit: &usize| {
            let own = self.tree.units[*unit].name.as_ref();
            own.is_some_and(|own| unversioned(own) == name)
        };
        let mut units = self.copies_below(dir);
        units.retain(is_named);
        let is_vendored = |unit: &usize| self.tree.level(*unit) > 0;
        if units.iter().any(is_vendored) {
            units.retain(is_vendored);
        }
        units
    }

    /// What the dependencies `units` bring along: themselves, what their own manifests declare, and
    /// what lies in their `deps`, transitively.
    pub(super) fn brought(&self, units: impl IntoIterator<Item = usize>) -> BTreeSet<usize> {
        let mut out = BTreeSet::new();
        let mut open: Vec<usize> = units.into_iter().collect();
        while let Some(unit) = open.pop() {
            if !out.insert(unit) {
                continue;
            }
            let declared = self.declared_for(unit);
            open.extend(declared.flat_map(|d| d.targets.iter().flatten().flatten().copied()));
            let deps = self.tree.units[unit].dir.join("deps");
            let below = self.copies_below(&deps);
            open.extend(below.into_iter().map(|copy| self.originals[copy]));
        }
        out
    }

    fn units_at(&self, path: &Path, counting: impl Fn(usize) -> usize) -> Vec<usize> {
        if let Some(units) = self.by_dir.get(path) {
            return units.iter().copied().map(counting).collect();
        }
        let Some(units) = path.parent().and_then(|dir| self.by_dir.get(dir)) else {
            // A link to a directory.
            let real = path.canonicalize().ok();
            let units = real.and_then(|real| self.by_dir.get(&*real));
            return units.into_iter().flatten().copied().map(counting).collect();
        };
        let holds = |unit: &usize| {
            let files = &self.tree.units[*unit].files;
            files
                .iter()
                .any(|i| self.tree.files[*i].0.path.file_name() == path.file_name())
        };
        let units = units.iter().copied().map(counting);
        units.filter(holds).collect()
    }

    /// All versions of a package.
    pub(super) fn versions(&self, to: &PackageRef) -> Vec<&PackageName> {
        let key = (to.namespace.clone(), to.name.clone());
        self.versions.get(&key).into_iter().flatten().collect()
    }

    /// Whether `path` is in one of the checked directories.
    pub(super) fn is_inside(&self, path: &Path) -> bool {
        self.tree.roots.iter().any(|root| path.starts_with(root))
    }

    /// The site of a use.
    pub(super) fn site(&self, edge: &Edge) -> Site {
        self.tree.files[edge.file].0.site(&edge.range)
    }

    /// Adds a manifest.
    pub(super) fn declare(&mut self, declared: Declared) {
        for home in &declared.homes {
            let number = self.declared.len();
            self.manifests.entry(*home).or_default().push(number);
        }
        self.declared.push(declared);
    }

    /// The manifests of a unit.
    pub(super) fn declared_for(&self, unit: usize) -> impl Iterator<Item = &Declared> {
        let numbers = self.manifests.get(&unit).into_iter().flatten();
        numbers.map(|i| &self.declared[*i])
    }

    /// The units that each unit uses.
    pub(super) fn uses(&self) -> BTreeMap<usize, BTreeSet<usize>> {
        let mut out: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for edge in &self.edges {
            if let Some(unit) = edge.target.as_ref().and_then(|t| self.by_name.get(t)) {
                out.entry(edge.unit).or_default().insert(*unit);
            }
        }
        out
    }

    /// The site at which a package is declared.
    pub(super) fn header(&self, name: &PackageName) -> Option<Site> {
        self.tree.declared(*self.by_name.get(name)?, name)
    }
}
