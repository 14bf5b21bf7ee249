//! The graph of packages and their uses of each other.

use crate::package_graph::Analysis;
use crate::syntax::{self, Body, BodyKind, Path, Scope, Stmt};
use crate::tree::Tree;
use crate::wording::unversioned;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use wit_parser::PackageName;
use wit_source::LABEL_PREFIX;

/// The packages of a tree as a graph.
#[derive(Debug, Serialize)]
pub struct Model {
    /// The packages, including missing ones, ordered by name.
    pub packages: Vec<Package>,
    /// The uses, in the order of the packages.
    pub edges: Vec<Edge>,
}

/// A package.
#[derive(Debug, Serialize)]
pub struct Package {
    /// `namespace:name`.
    pub name: String,
    /// The version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The label of its target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Whether it is used, but was not found.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub missing: bool,
    /// Its interfaces.
    pub interfaces: Vec<String>,
    /// Its worlds.
    pub worlds: Vec<String>,
}

impl Package {
    /// The name with the version.
    pub fn id(&self) -> String {
        match &self.version {
            Some(version) => format!("{}@{version}", self.name),
            None => self.name.clone(),
        }
    }
}

/// The uses of one package by another.
#[derive(Debug, Serialize)]
pub struct Edge {
    /// The number of the package that uses the other.
    pub from: usize,
    /// The number of the used package.
    pub to: usize,
    /// The items that it uses.
    pub uses: Vec<Use>,
}

impl Edge {
    /// A line for each used interface or world: `types.{a, b}`.
    pub fn lines(&self) -> Vec<String> {
        let mut items: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for u in &self.uses {
            let types = items.entry(u.item.as_str()).or_default();
            types.extend(u.types.iter().map(String::as_str));
        }
        items
            .into_iter()
            .map(|(item, types)| {
                if types.is_empty() {
                    return item.to_owned();
                }
                let types: Vec<&str> = types.into_iter().collect();
                format!("{item}.{{{}}}", types.join(", "))
            })
            .collect()
    }
}

/// A use of one interface or world.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Use {
    /// The interface or world that uses it; empty at file level.
    #[serde(rename = "in", skip_serializing_if = "String::is_empty")]
    pub within: String,
    /// The used interface or world.
    pub item: String,
    /// The used types.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
}

impl Model {
    /// The graph of the packages of a tree that count. A path without a version means the newest
    /// package of that name.
    pub fn new(tree: &Tree, analysis: &Analysis<'_>) -> Self {
        let mut packages: BTreeMap<PackageName, Package> = BTreeMap::new();
        let mut uses: BTreeMap<(PackageName, PackageName), BTreeSet<Use>> = BTreeMap::new();
        for unit in analysis.counted() {
            for (file, name, scope) in analysis.scopes(*unit) {
                let entry = packages
                    .entry(name.clone())
                    .or_insert_with(|| package(&name, false));
                let text = &tree.files[file].0.text;
                let label = text.lines().next();
                let label = label.and_then(|l| l.strip_prefix(LABEL_PREFIX));
                entry.label = entry.label.take().or(label.map(|l| l.trim().to_owned()));
                for body in &scope.bodies {
                    match body.kind {
                        BodyKind::World => entry.worlds.push(body.name.clone()),
                        _ => entry.interfaces.push(body.name.clone()),
                    }
                }
            }
        }
        for unit in analysis.counted() {
            for (file, name, scope) in analysis.scopes(*unit) {
                for (path, u) in uses_of(scope, &tree.files[file].0.text) {
                    let Some(wanted) = &path.package else {
                        continue;
                    };
                    let to = target(&packages, &wanted.to_name());
                    if to != name {
                        uses.entry((name.clone(), to)).or_default().insert(u);
                    }
                }
            }
        }
        for (_, to) in uses.keys() {
            packages
                .entry(to.clone())
                .or_insert_with(|| package(to, true));
        }
        let numbers: BTreeMap<&PackageName, usize> =
            packages.keys().enumerate().map(|(i, n)| (n, i)).collect();
        let edges = uses
            .into_iter()
            .map(|((from, to), uses)| Edge {
                from: numbers[&from],
                to: numbers[&to],
                uses: uses.into_iter().collect(),
            })
            .collect();
        let packages = packages.into_values().map(sorted).collect();
        Model { packages, edges }
    }
}

fn package(name: &PackageName, missing: bool) -> Package {
    Package {
        name: unversioned(name),
        version: name.version.as_ref().map(ToString::to_string),
        label: None,
        missing,
        interfaces: Vec::new(),
        worlds: Vec::new(),
    }
}

fn sorted(mut package: Package) -> Package {
    for names in [&mut package.interfaces, &mut package.worlds] {
        names.sort();
        names.dedup();
    }
    package
}

fn target(packages: &BTreeMap<PackageName, Package>, wanted: &PackageName) -> PackageName {
    if packages.contains_key(wanted) {
        return wanted.clone();
    }
    let same = |n: &&PackageName| n.namespace == wanted.namespace && n.name == wanted.name;
    let newest = packages.keys().rfind(same);
    match newest {
        Some(newest) if wanted.version.is_none() => newest.clone(),
        _ => wanted.clone(),
    }
}

/// The paths in a package, each with its use.
fn uses_of<'a>(scope: &'a Scope, text: &str) -> Vec<(&'a Path, Use)> {
    let mut out = Vec::new();
    for u in &scope.uses {
        out.push((&u.path, one("", &u.path, types(u, text))));
    }
    for body in &scope.bodies {
        in_body(body, &body.name, text, &mut out);
    }
    out
}

fn in_body<'a>(body: &'a Body, within: &str, text: &str, out: &mut Vec<(&'a Path, Use)>) {
    for stmt in &body.stmts {
        match stmt {
            Stmt::Use(u) => out.push((&u.path, one(within, &u.path, types(u, text)))),
            Stmt::Path(path) => out.push((path, one(within, path, Vec::new()))),
            Stmt::Inline(inner) => in_body(inner, within, text, out),
            Stmt::Item { .. } => {}
        }
    }
}

/// The names of the types of a `use`, as they are in the used interface.
fn types(u: &syntax::Use, text: &str) -> Vec<String> {
    let names = u.names.iter().flatten();
    names
        .map(|(range, name)| {
            let written = text.get(range.clone()).unwrap_or(name);
            let first = written.split_whitespace().next().unwrap_or(name);
            first.trim_start_matches('%').to_owned()
        })
        .collect()
}

fn one(within: &str, path: &Path, types: Vec<String>) -> Use {
    Use {
        within: within.to_owned(),
        item: path.item.clone(),
        types,
    }
}
