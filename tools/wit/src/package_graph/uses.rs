//! Compares the packages that WIT uses with those in the tree and in the manifests.

use super::graph::{Declared, Edge, Graph};
use super::paths::relative;
use super::versions::mismatch;
use crate::manifest::{is_local_name, Dialect};
use crate::problem::{Kind, Problem};
use crate::wording::unversioned;
use rules_wit_common::Diagnostic;
use std::collections::{BTreeMap, BTreeSet};
use wit_parser::PackageName;

/// Sets the target of each use, and reports uses of missing, undeclared and other packages, and
/// unused dependencies. Adds the units whose uses cannot be resolved to `bad`.
pub(super) fn compare(
    graph: &mut Graph<'_>,
    bad: &mut BTreeSet<usize>,
    problems: &mut Vec<Problem>,
) {
    let mut edges = std::mem::take(&mut graph.edges);
    let mut seen = BTreeSet::new();
    for edge in &mut edges {
        let wanted = edge.to.to_name();
        let candidates = graph.versions(&edge.to);
        let found = candidates.contains(&&wanted);
        let declared = declared_name(graph, edge, &candidates);
        edge.target = match (found, declared, candidates.last()) {
            (true, _, _) => Some(wanted.clone()),
            (_, Some(name), _) => Some(name.clone()),
            (_, _, last) => last.map(|n| (*n).clone()),
        };
        if !found {
            bad.insert(edge.unit);
        }
        // Report once for each pair of packages.
        if !seen.insert((edge.from.clone(), wanted.clone())) {
            continue;
        }
        let problem = match (found, edge.target.clone()) {
            (false, None) if is_reported(graph, edge) => None,
            (false, None) => Some(missing(graph, edge)),
            (false, Some(name)) => Some(version(graph, edge, &name)),
            (true, _) => undeclared(graph, edge, &wanted),
        };
        problems.extend(problem);
    }
    graph.edges = edges;
    unused(graph, problems);
}

/// The candidate that the manifest declares.
fn declared_name<'a>(
    graph: &Graph<'_>,
    edge: &Edge,
    candidates: &[&'a PackageName],
) -> Option<&'a PackageName> {
    let units: Vec<usize> = graph
        .declared_for(edge.unit)
        .flat_map(|d| d.targets.iter().flatten().flatten().copied())
        .collect();
    let is_declared = |n: &&&PackageName| graph.by_name.get(**n).is_some_and(|u| units.contains(u));
    candidates.iter().find(is_declared).copied()
}

/// Whether the manifest has an entry for the package that was not found, or that has no `package`
/// header. Both are reported elsewhere.
fn is_reported(graph: &Graph<'_>, edge: &Edge) -> bool {
    graph.declared_for(edge.unit).any(|d| {
        let entries = d.manifest.entries.iter().zip(&d.targets);
        let is_named = |u: &usize| graph.tree.units[*u].name.is_some();
        let mut lost = entries.filter(|(_, t)| !t.iter().flatten().any(is_named));
        lost.any(|(e, _)| is_local_name(&e.name, &edge.to.name))
    })
}

/// The name of the package in the manifest, or else its own.
fn local_name(graph: &Graph<'_>, edge: &Edge, name: &PackageName) -> String {
    let unit = graph.by_name.get(name);
    for declared in graph.declared_for(edge.unit) {
        for (entry, target) in declared.manifest.entries.iter().zip(&declared.targets) {
            if target.iter().flatten().any(|t| Some(t) == unit) {
                return entry.name.clone();
            }
        }
    }
    edge.to.name.clone()
}

fn missing(graph: &Graph<'_>, edge: &Edge) -> Problem {
    let wanted = edge.to.to_name();
    let mut d = Diagnostic::new(format!("failed to resolve dependency '{}'", edge.to.name)).site(
        graph
            .site(edge)
            .label(format!("`{}` uses `{wanted}` here", edge.from)),
    );
    let near = (graph.by_name.keys())
        .filter(|name| **name != edge.from)
        .filter_map(|name| Some((distance(name, &wanted)?, name)))
        .min();
    if let Some((_, name)) = near {
        if let Some(site) = graph.header(name) {
            d = d.site(site.label("a package with a similar name"));
        }
        let d = d.hint(format!("did you mean `{}`?", unversioned(name)));
        return Problem::new(Kind::MissingDependency, d);
    }
    let manifest = graph.declared_for(edge.unit).next().map(|d| &d.manifest);
    let d = match manifest {
        Some(manifest) => d.hint(format!(
            "add `{wanted}` to the tree, and `{} = {{ path = \"...\" }}` to {}",
            edge.to.name, manifest.file.shown
        )),
        None => d
            .hint(format!(
                "add `{wanted}` to the tree, for example below `deps`, or pass it with `--dep`"
            ))
            .rule_hint(format!("add `{wanted}` to `baseline`")),
    };
    Problem::new(Kind::MissingDependency, d)
}

/// The distance of two names if they look alike: at most a third of the letters of the namespaces and
/// of the names differ.
fn distance(a: &PackageName, b: &PackageName) -> Option<usize> {
    let parts = [(&a.namespace, &b.namespace), (&a.name, &b.name)];
    let distances = parts.map(|(a, b)| {
        let distance = strsim::damerau_levenshtein(a, b);
        (distance <= a.len().min(b.len()) / 3).then_some(distance)
    });
    distances.into_iter().sum()
}

fn version(graph: &Graph<'_>, edge: &Edge, name: &PackageName) -> Problem {
    let wanted = edge.to.version.as_deref();
    let site = graph.site(edge).label(match wanted {
        Some(v) => format!("`{}` requires {v} here", edge.from),
        None => format!("`{}` uses it without a version here", edge.from),
    });
    let hint = match (wanted, &name.version) {
        (None, Some(v)) => format!(
            "write the version after the interface: `{}/...@{v}` (`wit fix` adds it)",
            unversioned(name)
        ),
        (_, Some(v)) => format!(
            "use version {v}, or add `{}` to the tree",
            edge.to.to_name()
        ),
        (_, None) => format!(
            "add a version to the `package` header of `{}`",
            unversioned(name)
        ),
    };
    mismatch(
        graph,
        &local_name(graph, edge, name),
        name,
        wanted,
        site,
        &hint,
    )
}

fn undeclared(graph: &Graph<'_>, edge: &Edge, name: &PackageName) -> Option<Problem> {
    let unit = *graph.by_name.get(name)?;
    // Dependencies from the command line need no manifest.
    if unit == edge.unit || graph.tree.is_foreign(unit) {
        return None;
    }
    let mut manifest = None;
    for declared in graph.declared_for(edge.unit) {
        // `wkg.toml` only overrides; dependencies follow from the WIT.
        if declared.manifest.dialect == Dialect::Wkg {
            continue;
        }
        let mut targets = declared.targets.iter().flatten().flatten();
        // wit-deps also fetches what a dependency brings along.
        let is_declared = match declared.manifest.dialect {
            Dialect::WitDeps => is_brought(graph, declared, unit, name),
            _ => targets.any(|t| *t == unit),
        };
        // The dependency may be an entry with an error, which has been reported.
        let is_lost = declared.manifest.is_partial || declared.targets.iter().any(Option::is_none);
        if is_declared || is_lost {
            return None;
        }
        manifest = Some(&declared.manifest);
    }
    let manifest = manifest?;
    let d = Diagnostic::new(format!(
        "`{}` uses `{name}`, which its manifest does not declare",
        edge.from
    ))
    .site(graph.site(edge).label("used here"))
    .site(manifest.site(&(0..0)).label("not declared here"))
    .hint(format!(
        "add `{} = {{ path = \"{}\" }}` to {}",
        edge.to.name,
        relative(&manifest.file.dir, &graph.tree.units[unit].dir),
        manifest.file.shown
    ));
    Some(Problem::new(Kind::UndeclaredUse, d))
}

/// Whether a manifest of wit-deps declares a package, or one of its dependencies brings it along.
fn is_brought(graph: &Graph<'_>, declared: &Declared, unit: usize, name: &PackageName) -> bool {
    let manifest = &declared.manifest;
    let in_deps = || {
        let deps = manifest.deps_dirs();
        let mut units = deps.iter().flat_map(|dir| graph.copies_below(dir));
        units.any(|copy| graph.original(copy) == unit)
    };
    let targets = || declared.targets.iter().flatten().flatten().copied();
    let is_locked = || {
        let mut locked = declared.locked.iter();
        locked.any(|l| is_local_name(&l.name, &name.name))
    };
    in_deps() || graph.brought(targets()).contains(&unit) || is_locked()
}

type Uses = BTreeMap<usize, BTreeSet<usize>>;

/// The units that a package with a manifest uses, as far as its manifest is to declare them. `None` if
/// it is not known which package that is.
fn used(declared: &Declared, uses: &Uses) -> Option<BTreeSet<usize>> {
    let of = |unit: &usize| uses.get(unit).into_iter().flatten().copied();
    match declared.manifest.dialect {
        // Any fetched package may use an override of `wkg.toml`.
        Dialect::Wkg => Some(uses.values().flatten().copied().collect()),
        _ if declared.homes.is_empty() => None,
        Dialect::Sectioned => Some(declared.homes.iter().flat_map(of).collect()),
        // A dependency may be there for another one.
        Dialect::WitDeps => {
            let mut out = BTreeSet::new();
            let mut open: Vec<usize> = declared.homes.iter().flat_map(of).collect();
            while let Some(unit) = open.pop() {
                if out.insert(unit) {
                    open.extend(of(&unit));
                }
            }
            Some(out)
        }
    }
}

fn unused(graph: &Graph<'_>, problems: &mut Vec<Problem>) {
    let uses = graph.uses();
    for declared in &graph.declared {
        let Some(used) = used(declared, &uses) else {
            continue;
        };
        let is_transitive = declared.manifest.dialect == Dialect::WitDeps;
        for (entry, target) in declared.manifest.entries.iter().zip(&declared.targets) {
            let Some(units) = target.as_deref().filter(|u| !u.is_empty()) else {
                continue;
            };
            let is_named = |u: &usize| graph.tree.units[*u].name.is_some();
            if !units.iter().chain(&declared.homes).all(is_named) {
                continue;
            }
            let brought = match is_transitive {
                true => graph.brought(units.iter().copied()),
                false => units.iter().copied().collect(),
            };
            let is_needed = |u: &usize| used.contains(u) || declared.homes.contains(u);
            if !brought.iter().any(is_needed) {
                let d = Diagnostic::warning(format!("unused dependency '{}'", entry.name))
                    .site(declared.manifest.site(&entry.range).label("no WIT uses it"))
                    .hint(format!("remove it from {}", declared.manifest.file.shown));
                problems.push(Problem::new(Kind::UnusedDependency, d));
            }
        }
    }
}
