//! Reads and resolves packages: trees of WIT, single files, and encoded packages.

use crate::package_graph::Analysis;
use crate::tree::Tree;
use rules_wit_common::{Failure, Result, Site};
use std::collections::BTreeSet;
use std::path::PathBuf;
use wit_parser::{PackageId, PackageName, Resolve, Span, UnresolvedPackageGroup};
use wit_source::{Batch, Features};

/// Packages that were read and resolved together.
#[derive(Debug)]
pub struct Packages {
    /// The packages and their dependencies.
    pub resolve: Resolve,
    /// The packages that were given, ordered by name; not their dependencies.
    pub own: Vec<PackageId>,
    batch: Batch,
}

impl Packages {
    /// Reads packages, and resolves them with some features.
    ///
    /// Each of `paths` and `deps` is a directory with packages at any depth, a `.wit` file, or a
    /// package that is encoded as WebAssembly. Dependencies may be in either. Fails with all syntax
    /// errors, or else with the first error of resolution.
    pub fn read(paths: &[PathBuf], deps: &[PathBuf], features: &Features) -> Result<Self> {
        let tree = Tree::read_with(paths, deps)?;
        if let Some(failure) = Failure::from_all(tree.unreadable.clone()) {
            return Err(failure);
        }
        let analysis = Analysis::of(&tree).without_conflicts()?;
        let (own, others): (Vec<usize>, Vec<usize>) =
            (analysis.counted().iter()).partition(|unit| !tree.is_foreign(**unit));
        let (own, vendored): (Vec<usize>, Vec<usize>) =
            own.into_iter().partition(|unit| tree.level(*unit) == 0);
        let (own, vendored) = match own.is_empty() {
            true => (vendored, Vec::new()),
            false => (own, vendored),
        };
        let mut batch = Batch::default();
        let own_count = own.len();
        let units = own.into_iter().chain(vendored).chain(others);
        let groups = units.map(|unit| analysis.parse(&mut batch, unit)).collect();
        Self::load(batch, groups, own_count, features)
    }

    /// Resolves packages given as texts: the path and text of each file.
    #[cfg(test)]
    pub fn from_texts(packages: Vec<Vec<(String, String)>>, features: &Features) -> Result<Self> {
        let mut batch = Batch::default();
        let numbers: Vec<usize> = packages.into_iter().map(|files| batch.add(files)).collect();
        let groups = numbers.iter().map(|number| batch.parse(*number)).collect();
        Self::load(batch, groups, numbers.len(), features)
    }

    /// Resolves parsed packages, of which the first `own_count` are those that were given.
    fn load(
        batch: Batch,
        groups: Vec<Result<UnresolvedPackageGroup>>,
        own_count: usize,
        features: &Features,
    ) -> Result<Self> {
        let groups = all_or_errors(groups)?;
        let own: BTreeSet<PackageName> = (groups.iter().take(own_count))
            .flat_map(|g| std::iter::once(&g.main).chain(&g.nested))
            .map(|p| p.name.clone())
            .collect();
        let resolve = batch.resolve_all(groups, features)?;
        let own = own
            .iter()
            .filter_map(|name| resolve.package_names.get(name).copied())
            .collect();
        Ok(Packages {
            resolve,
            own,
            batch,
        })
    }

    /// The site of a span, if known.
    pub fn site(&self, span: Span) -> Option<Site> {
        self.batch.site(&self.resolve, span)
    }
}

/// All packages, or the errors of all that do not parse.
fn all_or_errors(
    groups: Vec<Result<UnresolvedPackageGroup>>,
) -> Result<Vec<UnresolvedPackageGroup>> {
    let mut parsed = Vec::new();
    let mut errors = Vec::new();
    for group in groups {
        match group {
            Ok(group) => parsed.push(group),
            Err(e) => errors.extend(e.diagnostics()),
        }
    }
    match Failure::from_all(errors) {
        Some(failure) => Err(failure),
        None => Ok(parsed),
    }
}

/// Resolves all packages of a tree, with all features. Fails with all syntax errors, or else with the
/// first error of resolution.
pub fn resolve(tree: &Tree) -> Result<Resolve> {
    let analysis = Analysis::of(tree).without_conflicts()?;
    let mut batch = Batch::default();
    let units = analysis.counted().iter();
    let groups = units.map(|unit| analysis.parse(&mut batch, *unit));
    let groups = all_or_errors(groups.collect())?;
    batch.resolve_all(groups, &Features::All)
}
