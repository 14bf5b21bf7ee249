//! Which package uses which.

use super::Package;
use crate::manifest::Manifest;
use crate::text::{BodyKind, PackageRef};
use crate::tree::Tree;
use rules_wit_common::Site;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use wit_parser::PackageName;

/// A path in WIT that names another package.
#[derive(Debug)]
pub(super) struct Edge {
    /// The package that uses it, and its unit.
    pub from: PackageName,
    pub unit: usize,
    /// What is asked for.
    pub to: PackageRef,
    /// The package that is meant, perhaps of another version.
    pub target: Option<PackageName>,
    pub file: usize,
    pub range: Range<usize>,
}

/// A manifest and what it speaks of.
#[derive(Debug)]
pub(super) struct Declared {
    pub manifest: Manifest,
    /// The units that it speaks for.
    pub homes: Vec<usize>,
    /// For each entry its units; `None` where it leads nowhere.
    pub targets: Vec<Option<Vec<usize>>>,
}

/// The packages of a tree, and who uses whom.
#[derive(Debug)]
pub(super) struct Graph<'t> {
    pub tree: &'t Tree,
    /// The units that count: no second copies.
    pub units: Vec<usize>,
    pub by_name: BTreeMap<PackageName, usize>,
    by_dir: BTreeMap<&'t Path, Vec<usize>>,
    /// The versions of each `namespace:name`.
    versions: BTreeMap<(String, String), BTreeSet<PackageName>>,
    pub edges: Vec<Edge>,
    pub declared: Vec<Declared>,
    /// For each unit the manifests that speak for it.
    speakers: BTreeMap<usize, Vec<usize>>,
}

impl<'t> Graph<'t> {
    /// The graph of those units that count; `counts` has for each unit the one that does.
    pub(super) fn new(tree: &'t Tree, counts: &[usize]) -> Self {
        let all = counts.iter().enumerate();
        let units: Vec<usize> = all.filter(|(i, u)| i == *u).map(|(i, _)| i).collect();
        let mut graph = Graph {
            tree,
            by_name: BTreeMap::new(),
            by_dir: BTreeMap::new(),
            versions: BTreeMap::new(),
            edges: Vec::new(),
            declared: Vec::new(),
            speakers: BTreeMap::new(),
            units,
        };
        for (i, unit) in counts.iter().enumerate() {
            graph
                .by_dir
                .entry(&tree.units[i].dir)
                .or_default()
                .push(*unit);
        }
        for unit in graph.units.clone() {
            for name in tree.packages(unit) {
                let key = (name.namespace.clone(), name.name.clone());
                graph.versions.entry(key).or_default().insert(name.clone());
                graph.by_name.entry(name).or_insert(unit);
            }
        }
        for unit in graph.units.clone() {
            for (file, from, scope) in tree.scopes(unit) {
                for path in scope.paths() {
                    let Some(to) = path.package.clone() else {
                        continue;
                    };
                    let is_self = exact(&to) == from;
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

    /// The units in a directory, or the one of a file.
    pub(super) fn at(&self, path: &Path) -> Vec<usize> {
        if let Some(units) = self.by_dir.get(path) {
            return units.clone();
        }
        let Some(units) = path.parent().and_then(|dir| self.by_dir.get(dir)) else {
            return Vec::new();
        };
        let holds = |unit: &&usize| {
            let files = &self.tree.units[**unit].files;
            files
                .iter()
                .any(|i| self.tree.files[*i].0.path.file_name() == path.file_name())
        };
        units.iter().filter(holds).copied().collect()
    }

    /// All versions of a package.
    pub(super) fn versions(&self, to: &PackageRef) -> Vec<&PackageName> {
        let key = (to.namespace.clone(), to.name.clone());
        self.versions.get(&key).into_iter().flatten().collect()
    }

    /// Whether `path` is in one of the directories that are checked.
    pub(super) fn is_inside(&self, path: &Path) -> bool {
        self.tree.roots.iter().any(|root| path.starts_with(root))
    }

    pub(super) fn site(&self, edge: &Edge) -> Site {
        self.tree.files[edge.file].0.site(&edge.range)
    }

    pub(super) fn declare(&mut self, declared: Declared) {
        for home in &declared.homes {
            self.speakers
                .entry(*home)
                .or_default()
                .push(self.declared.len());
        }
        self.declared.push(declared);
    }

    /// The manifests that speak for a unit.
    pub(super) fn declared_for(&self, unit: usize) -> impl Iterator<Item = &Declared> {
        let speakers = self.speakers.get(&unit).into_iter().flatten();
        speakers.map(|i| &self.declared[*i])
    }

    /// For each unit those that it uses.
    pub(super) fn uses(&self) -> BTreeMap<usize, BTreeSet<usize>> {
        let mut out: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for edge in &self.edges {
            if let Some(unit) = edge.target.as_ref().and_then(|t| self.by_name.get(t)) {
                out.entry(edge.unit).or_default().insert(*unit);
            }
        }
        out
    }

    /// The place where a package is declared.
    pub(super) fn header(&self, name: &PackageName) -> Option<Site> {
        self.tree.declared(*self.by_name.get(name)?, name)
    }

    pub(super) fn counts(&self) -> (usize, usize) {
        let mut counts = (0, 0);
        for unit in self.units.iter().filter(|u| !self.tree.is_foreign(**u)) {
            for (_, _, scope) in self.tree.scopes(*unit) {
                for body in &scope.bodies {
                    match body.kind {
                        BodyKind::World => counts.1 += 1,
                        _ => counts.0 += 1,
                    }
                }
            }
        }
        counts
    }

    pub(super) fn packages(&self) -> Vec<Package> {
        let mut uses: BTreeMap<&PackageName, BTreeSet<String>> = BTreeMap::new();
        for edge in &self.edges {
            let to = edge
                .target
                .as_ref()
                .map_or_else(|| exact(&edge.to), Clone::clone);
            uses.entry(&edge.from).or_default().insert(to.to_string());
        }
        let packages = self.by_name.iter();
        packages
            .filter(|(_, unit)| !self.tree.is_foreign(**unit))
            .map(|(name, unit)| Package {
                name: name.to_string(),
                files: (self.tree.units[*unit].files.iter())
                    .map(|i| self.tree.files[*i].0.shown.clone())
                    .collect(),
                uses: uses.remove(name).into_iter().flatten().collect(),
            })
            .collect()
    }
}

/// The package that a path names, to the letter.
pub fn exact(to: &PackageRef) -> PackageName {
    PackageName {
        namespace: to.namespace.clone(),
        name: to.name.clone(),
        version: to.version.as_ref().and_then(|v| v.parse().ok()),
    }
}

/// `path` without `.` and `..`, as it reads.
pub(super) fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}
