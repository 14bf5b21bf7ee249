//! Packages, and what each uses of which.

use crate::text::{Body, BodyKind, Path, Scope, Stmt};
use crate::tree::Tree;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use wit_parser::PackageName;
use wit_source::LABEL_PREFIX;

/// The packages of a tree as a graph.
#[derive(Debug, Serialize)]
pub struct Model {
    /// The packages by name; those that are used and are not there come among them.
    pub packages: Vec<Package>,
    /// Who uses whom, in the order of the packages.
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
    /// The target that it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Whether it is used and is not there.
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

/// What one package uses of another.
#[derive(Debug, Serialize)]
pub struct Edge {
    /// The number of the package that uses.
    pub from: usize,
    /// The number of the package that is used.
    pub to: usize,
    /// What it uses.
    pub uses: Vec<Use>,
}

impl Edge {
    /// A line for each interface or world that is used: `types.{a, b}`.
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

/// One interface or world that is used, at one place.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Use {
    /// The interface or world that uses it; empty at file level.
    #[serde(rename = "in", skip_serializing_if = "String::is_empty")]
    pub within: String,
    /// The interface or world that is used.
    pub item: String,
    /// The types that are used of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
}

impl Model {
    /// The graph of a tree. A path that names no version, or one that is not there, means the newest
    /// package of that name.
    pub fn new(tree: &Tree) -> Self {
        let mut packages: BTreeMap<PackageName, Package> = BTreeMap::new();
        let mut uses: BTreeMap<(PackageName, PackageName), BTreeSet<Use>> = BTreeMap::new();
        for unit in 0..tree.units.len() {
            for (file, name, scope) in tree.scopes(unit) {
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
        for unit in 0..tree.units.len() {
            for (file, name, scope) in tree.scopes(unit) {
                for (path, u) in uses_of(scope, &tree.files[file].0.text) {
                    let Some(wanted) = &path.package else {
                        continue;
                    };
                    let to = target(&packages, &crate::check::exact(wanted));
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
        name: format!("{}:{}", name.namespace, name.name),
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

/// The paths in a package, each with what it uses.
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

/// The types that a `use` names, by the names that they have where they come from.
fn types(u: &crate::text::Use, text: &str) -> Vec<String> {
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
