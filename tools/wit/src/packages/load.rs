//! Reads and resolves packages: trees of WIT, single files, and encoded packages.

use super::encoded;
use crate::package_graph::Analysis;
use crate::tree::Tree;
use rules_wit_common::{display_path, Failure, Result, Site};
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

/// The files of a package: path and text.
type Files = Vec<(String, String)>;

/// Packages that are not parsed yet.
#[derive(Default)]
struct Found {
    packages: Vec<Files>,
    /// The packages in directories `deps`, and the dependencies in encoded packages.
    vendored: Vec<Files>,
}

impl Packages {
    /// Reads packages, and resolves them with some features.
    ///
    /// Each of `paths` and `deps` is a directory with packages at any depth, a `.wit` file, or a
    /// package that is encoded as WebAssembly. Dependencies may be in either. Fails with all syntax
    /// errors, or else with the first error of resolution.
    pub fn read(paths: &[PathBuf], deps: &[PathBuf], features: &Features) -> Result<Self> {
        let found = find(paths)?;
        let mut others = found.vendored;
        if !deps.is_empty() {
            let more = find(deps)?;
            others.extend(more.packages);
            others.extend(more.vendored);
        }
        Self::load(found.packages, others, features)
    }

    /// Resolves packages given as texts.
    #[cfg(test)]
    pub fn from_texts(packages: Vec<Files>, features: &Features) -> Result<Self> {
        Self::load(packages, Vec::new(), features)
    }

    fn load(packages: Vec<Files>, others: Vec<Files>, features: &Features) -> Result<Self> {
        let mut batch = Batch::default();
        let mut groups: Vec<UnresolvedPackageGroup> = Vec::new();
        let mut names: BTreeSet<PackageName> = BTreeSet::new();
        let mut errors = Vec::new();
        let own_count = packages.len();
        for (i, files) in packages.into_iter().chain(others).enumerate() {
            let is_own = i < own_count;
            let number = batch.add(files);
            match batch.parse(number) {
                Ok(group) => {
                    // The given packages take precedence over dependencies.
                    if is_own || !names.contains(&group.main.name) {
                        names.insert(group.main.name.clone());
                        groups.push(group);
                    }
                }
                Err(e) => errors.extend(e.diagnostics()),
            }
        }
        if let Some(failure) = Failure::from_all(errors) {
            return Err(failure);
        }
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

fn find(paths: &[PathBuf]) -> Result<Found> {
    let mut found = Found::default();
    let mut trees = Vec::new();
    for path in paths {
        match encoded::is_encoded(path) {
            true => {
                let shown = display_path(path);
                for (i, (name, text)) in encoded::read(path)?.into_iter().enumerate() {
                    let files = vec![(format!("{shown} ({name})"), text)];
                    match i {
                        0 => found.packages.push(files),
                        _ => found.vendored.push(files),
                    }
                }
            }
            false => trees.push(path.clone()),
        }
    }
    if trees.is_empty() {
        return Ok(found);
    }
    let tree = Tree::read(&trees)?;
    if let Some(failure) = Failure::from_all(tree.unreadable.clone()) {
        return Err(failure);
    }
    let analysis = Analysis::of(&tree);
    let units = analysis.counted();
    let is_vendored = |unit: &usize| tree.is_vendored_below(*unit);
    let all_vendored = units.iter().all(is_vendored);
    for unit in units {
        let files = tree.named_texts(*unit).collect();
        match is_vendored(unit) && !all_vendored {
            true => found.vendored.push(files),
            false => found.packages.push(files),
        }
    }
    Ok(found)
}

/// Resolves all packages of a tree, with all features. Fails with all syntax errors, or else with the
/// first error of resolution.
pub fn resolve(tree: &Tree) -> Result<Resolve> {
    let mut batch = Batch::default();
    let mut groups = Vec::new();
    let mut failed = Vec::new();
    for unit in Analysis::of(tree).counted() {
        let number = batch.add(tree.named_texts(*unit));
        match batch.parse(number) {
            Ok(group) => groups.push(group),
            Err(e) => failed.extend(e.diagnostics()),
        }
    }
    match Failure::from_all(failed) {
        Some(failure) => Err(failure),
        None => batch.resolve_all(groups, &Features::All),
    }
}
