//! The analysis of a tree: one pipeline for all commands.

use super::graph::Graph;
use super::{copies, cycles, entries, resolve, uses};
use crate::problem::{Kind, Problem};
use crate::syntax::{BodyKind, Scope};
use crate::tree::Tree;
use rules_wit_common::{Failure, Result, Site};
use std::collections::{BTreeMap, BTreeSet};
use wit_parser::{PackageName, UnresolvedPackageGroup};
use wit_source::Batch;

/// The packages of a tree, their manifests, and the problems between them.
///
/// Packages are told apart by the numbers of their units in the tree.
#[derive(Debug)]
pub struct Analysis<'t> {
    graph: Graph<'t>,
    /// The units with a problem that keeps them from being resolved.
    bad: BTreeSet<usize>,
    conflicts: Vec<([usize; 2], Problem)>,
    problems: Vec<Problem>,
}

/// A use of another package.
#[derive(Debug)]
pub struct Need {
    /// The unit that uses it.
    pub unit: usize,
    /// The package as written.
    pub wanted: PackageName,
    /// The unit of the package, if it is in the tree.
    pub target: Option<usize>,
    /// The site of the use.
    pub site: Site,
}

/// All problems of a tree, with a summary of its packages.
#[derive(Debug, Default)]
pub struct Report {
    /// The packages, by name.
    pub packages: Vec<Package>,
    /// The number of named interfaces.
    pub interfaces: usize,
    /// The number of worlds.
    pub worlds: usize,
    /// The problems, ordered by file and line.
    pub problems: Vec<Problem>,
}

/// A package of a tree.
#[derive(Debug, serde::Serialize)]
pub struct Package {
    /// Its name with the version.
    pub name: String,
    /// The paths of its files.
    pub files: Vec<String>,
    /// The names, with versions, of the packages that it uses.
    pub uses: Vec<String>,
}

impl<'t> Analysis<'t> {
    /// Analyses a tree. Does not fail: errors are part of the result.
    pub fn of(tree: &'t Tree) -> Self {
        let mut selection = copies::select(tree);
        let mut problems = std::mem::take(&mut selection.ignored);
        let conflicts = std::mem::take(&mut selection.conflicts);
        let mut bad: BTreeSet<usize> = conflicts.iter().flat_map(|(units, _)| *units).collect();
        let mut graph = Graph::new(tree, selection);
        entries::read(&mut graph, &mut problems);
        uses::compare(&mut graph, &mut bad, &mut problems);
        cycles::find(&graph, &mut bad, &mut problems);
        Analysis {
            graph,
            bad,
            conflicts,
            problems,
        }
    }

    /// The units that count: of several copies of a package, one.
    pub fn counted(&self) -> &[usize] {
        &self.graph.units
    }

    /// The packages that count in the files of a unit: the number of the file, the name, and the items.
    pub fn scopes(
        &self,
        unit: usize,
    ) -> impl Iterator<Item = (usize, PackageName, &'t Scope)> + '_ {
        let by_name = &self.graph.by_name;
        let scopes = self.graph.tree.scopes(unit);
        scopes.filter(move |(_, name, _)| by_name.get(name) == Some(&unit))
    }

    /// Parses a unit, without the packages that do not count.
    pub fn parse(&self, batch: &mut Batch, unit: usize) -> Result<UnresolvedPackageGroup> {
        self.graph.parse(batch, unit).1
    }

    /// The errors of packages that two units have with different meanings.
    pub fn conflicts(&self) -> &[([usize; 2], Problem)] {
        &self.conflicts
    }

    /// Fails if there are different copies of a package, with an error for each.
    pub fn without_conflicts(self) -> Result<Self> {
        let all = self.conflicts.iter().map(|(_, p)| p.diagnostic.clone());
        match Failure::from_all(all.collect()) {
            Some(failure) => Err(failure),
            None => Ok(self),
        }
    }

    /// The uses of other packages by the units that count.
    pub fn needs(&self) -> Vec<Need> {
        let graph = &self.graph;
        let needs = graph.edges.iter().map(|edge| Need {
            unit: edge.unit,
            wanted: edge.to.to_name(),
            target: (edge.target.as_ref()).and_then(|t| graph.by_name.get(t).copied()),
            site: graph.site(edge),
        });
        needs.collect()
    }

    /// The dependencies that manifests declare: pairs of a unit and the units of its dependencies,
    /// including copies.
    pub fn declared(&self) -> Vec<(usize, Vec<usize>)> {
        let mut out = Vec::new();
        for declared in &self.graph.declared {
            let (homes, targets) = &declared.with_copies;
            out.extend(homes.iter().map(|home| (*home, targets.clone())));
        }
        out
    }

    /// The problems within packages, each with its unit: syntax errors, and resolution errors of
    /// packages whose dependencies are in order.
    pub fn within(&self) -> Vec<(usize, Problem)> {
        resolve::resolve(&self.graph, &self.bad)
    }

    /// All problems, with a summary of the packages.
    pub fn report(&self) -> Report {
        let unreadable = self.graph.tree.unreadable.iter();
        let mut problems: Vec<Problem> = unreadable
            .map(|d| Problem::new(Kind::Unreadable, d.clone()))
            .collect();
        problems.extend(self.conflicts.iter().map(|(_, p)| p.clone()));
        problems.extend(self.problems.iter().cloned());
        problems.extend(self.within().into_iter().map(|(_, p)| p));
        problems.sort_by(|a, b| a.location().cmp(&b.location()));
        let (interfaces, worlds) = self.item_counts();
        Report {
            packages: self.packages(),
            interfaces,
            worlds,
            problems,
        }
    }

    /// The numbers of interfaces and worlds of the tree itself.
    fn item_counts(&self) -> (usize, usize) {
        let tree = self.graph.tree;
        let (mut interfaces, mut worlds) = (0, 0);
        for unit in self.graph.units.iter().filter(|u| !tree.is_foreign(**u)) {
            for (_, _, scope) in self.scopes(*unit) {
                for body in &scope.bodies {
                    match body.kind {
                        BodyKind::World => worlds += 1,
                        _ => interfaces += 1,
                    }
                }
            }
        }
        (interfaces, worlds)
    }

    /// The packages of the tree itself.
    fn packages(&self) -> Vec<Package> {
        let (graph, tree) = (&self.graph, self.graph.tree);
        let mut uses: BTreeMap<&PackageName, BTreeSet<String>> = BTreeMap::new();
        for edge in &graph.edges {
            let to = edge.target.clone().unwrap_or_else(|| edge.to.to_name());
            uses.entry(&edge.from).or_default().insert(to.to_string());
        }
        let packages = graph.by_name.iter();
        packages
            .filter(|(_, unit)| !tree.is_foreign(**unit))
            .map(|(name, unit)| Package {
                name: name.to_string(),
                files: (tree.units[*unit].files.iter())
                    .map(|i| tree.files[*i].0.shown.clone())
                    .collect(),
                uses: uses.remove(name).into_iter().flatten().collect(),
            })
            .collect()
    }
}
