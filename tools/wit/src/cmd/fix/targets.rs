//! Looks up the targets of paths: the version of a package, and the types of an interface.

use crate::package_graph::Analysis;
use crate::syntax::{Body, PackageRef, Use};
use crate::tree::Tree;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use wit_parser::PackageName;

/// The packages of a tree, by name.
pub(super) struct Targets<'t> {
    pub tree: &'t Tree,
    versions: BTreeMap<(String, String), BTreeSet<PackageName>>,
    bodies: BTreeMap<(PackageName, &'t str), Item<'t>>,
    /// The packages that the manifests of each unit declare.
    declared: BTreeMap<usize, BTreeSet<PackageName>>,
}

/// An interface or a world.
struct Item<'t> {
    body: &'t Body,
    /// The names of the uses at file level.
    moved: Rc<BTreeSet<&'t str>>,
}

/// The version that a path must have.
pub(super) enum Version<'a> {
    /// The version as written, or none.
    AsWritten,
    /// The version of this package.
    Of(&'a PackageName),
    /// Unknown: these packages are in the tree.
    Ambiguous(Vec<&'a PackageName>),
    /// Unknown: no such package is in the tree.
    Missing,
}

impl<'t> Targets<'t> {
    pub(super) fn new(tree: &'t Tree) -> Self {
        let mut targets = Targets {
            tree,
            versions: BTreeMap::new(),
            bodies: BTreeMap::new(),
            declared: BTreeMap::new(),
        };
        let analysis = Analysis::of(tree);
        for unit in analysis.counted() {
            for name in tree.packages(*unit) {
                let key = (name.namespace.clone(), name.name.clone());
                targets.versions.entry(key).or_default().insert(name);
            }
            for (_, name, scope) in analysis.scopes(*unit) {
                let moved = scope.uses.iter().flat_map(|u| u.names.iter().flatten());
                let moved: Rc<BTreeSet<&str>> = Rc::new(moved.map(|(_, n)| n.as_str()).collect());
                for body in &scope.bodies {
                    let key = (name.clone(), body.name.as_str());
                    let moved = Rc::clone(&moved);
                    targets.bodies.insert(key, Item { body, moved });
                }
            }
        }
        for (unit, others) in analysis.declared() {
            let names = others.iter().flat_map(|u| tree.packages(*u));
            targets.declared.entry(unit).or_default().extend(names);
        }
        targets
    }

    /// The version for a path in `unit`.
    pub(super) fn version(&self, unit: usize, package: &PackageRef) -> Version<'_> {
        let key = (package.namespace.clone(), package.name.clone());
        let all: Vec<&PackageName> = self.versions.get(&key).into_iter().flatten().collect();
        if package.version.is_some() {
            return Version::AsWritten;
        }
        match all.as_slice() {
            [] => Version::Missing,
            names if names.iter().any(|n| n.version.is_none()) => Version::AsWritten,
            [one] => Version::Of(one),
            _ => {
                let declared = self.declared.get(&unit);
                let is_declared = |n: &&&PackageName| declared.is_some_and(|d| d.contains(**n));
                let named: Vec<&PackageName> = all.iter().filter(is_declared).copied().collect();
                match named.as_slice() {
                    [one] => Version::Of(one),
                    _ => Version::Ambiguous(all),
                }
            }
        }
    }

    /// Whether the package is in the tree.
    pub(super) fn has(&self, package: &PackageName) -> bool {
        let key = (package.namespace.clone(), package.name.clone());
        self.versions.get(&key).is_some_and(|v| v.contains(package))
    }

    /// The names of the types in an interface, including those that it gets when the uses at file
    /// level are moved into it, and those of `use *`.
    pub(super) fn types(
        &self,
        package: &PackageName,
        interface: &str,
    ) -> Option<BTreeSet<&'t str>> {
        let mut out = BTreeSet::new();
        let mut seen = BTreeSet::from([interface]);
        let mut open = vec![interface];
        while let Some(interface) = open.pop() {
            let Item { body, moved } = self.bodies.get(&(package.clone(), interface))?;
            out.extend(body.defined());
            let refs = body.refs().map(|(_, name)| name.as_str());
            out.extend(refs.filter(|name| moved.contains(name)));
            let is_star = |u: &&Use| u.is_old && u.names.is_none() && u.path.package.is_none();
            let stars = body.uses().filter(is_star).map(|u| u.path.item.as_str());
            open.extend(stars.filter(|item| seen.insert(item)));
        }
        Some(out)
    }
}
