//! Reads the manifests: each entry must lead to a package of the right version.
//!
//! What lies in `deps` decides, as wit-deps and wkg put everything there that a package needs. A path
//! is followed where nothing was fetched.

use super::graph::{Declared, Graph};
use super::locks;
use super::paths::{normal, relative};
use super::versions::{fits, mismatch};
use crate::manifest::{self, is_local_name, Dialect, Entry, Lock, Locked, Manifest, Source};
use crate::problem::{Kind, Problem};
use rules_wit_common::Diagnostic;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use wit_parser::PackageName;

/// Reads all manifests into the graph, and compares the lock files with them.
pub(super) fn read(graph: &mut Graph<'_>, problems: &mut Vec<Problem>) {
    let (locks, manifests): (Vec<_>, Vec<_>) =
        (graph.tree.manifests.iter()).partition(|file| file.shown.ends_with(".lock"));
    let locks: Vec<Lock> = (locks.into_iter())
        .map(|file| manifest::lock(file, problems))
        .collect();
    for file in manifests {
        let manifest = manifest::manifest(file, problems);
        let lock = locks.iter().find(|l| {
            let is_of_wkg = manifest.dialect == Dialect::Wkg;
            l.file.dir == manifest.file.dir && l.is_wkg() == is_of_wkg
        });
        let mut found: Vec<Option<Vec<usize>>> = (manifest.entries.iter())
            .map(|entry| find(graph, &manifest, lock, entry))
            .collect();
        unlocked(graph, &manifest, lock, &mut found);
        for (entry, found) in manifest.entries.iter().zip(&found) {
            match found {
                Some(found) => check_version(graph, &manifest, entry, found, problems),
                None => problems.push(missing(graph, &manifest, lock, entry)),
            }
        }
        let homes_by = |at: &dyn Fn(&Path) -> Vec<usize>| -> Vec<usize> {
            let homes = manifest.homes();
            let mut units = homes.iter().map(|dir| at(dir));
            units.find(|u| !u.is_empty()).unwrap_or_default()
        };
        let homes = homes_by(&|dir| graph.at(dir));
        let copies = found.iter().flatten().flatten().copied();
        let with_copies = (homes_by(&|dir| graph.copies_at(dir)), copies.collect());
        let originals = |units: Vec<usize>| units.into_iter().map(|u| graph.original(u)).collect();
        graph.declare(Declared {
            homes,
            targets: found.into_iter().map(|f| f.map(originals)).collect(),
            with_copies,
            locked: lock.map_or_else(Vec::new, |lock| lock.entries.clone()),
            manifest,
        });
    }
    for lock in &locks {
        locks::compare(graph, lock, problems);
    }
}

/// Finds the units of an entry, including copies. `None` if there are none, although it needs some.
fn find(
    graph: &Graph<'_>,
    manifest: &Manifest,
    lock: Option<&Lock>,
    entry: &Entry,
) -> Option<Vec<usize>> {
    let local = || {
        let path = inside(graph, manifest, entry)?;
        let units = at_first(graph, [path.clone(), path.join("wit")]);
        // A directory without a package may still bring dependencies along.
        let bundle = || graph.copies_below(&path.join("deps"));
        some(units).or_else(|| some(bundle()))
    };
    match manifest.dialect {
        Dialect::Wkg => {
            let named = |dir: &Path| graph.copies_named(&entry.name, dir);
            let fetched = || some(named(&manifest.file.dir));
            let anywhere = || some(named(Path::new("")));
            match entry.source {
                Source::Path(..) => local().or_else(fetched).or_else(anywhere),
                // wkg fetches packages of a registry when it needs them.
                _ => fetched().or_else(|| Some(Vec::new())),
            }
        }
        Dialect::Sectioned => local().or_else(|| fetched(graph, manifest, lock, entry)),
        Dialect::WitDeps => fetched(graph, manifest, lock, entry).or_else(local),
    }
}

fn some(units: Vec<usize>) -> Option<Vec<usize>> {
    (!units.is_empty()).then_some(units)
}

/// The path of an entry, if it is inside of the tree.
fn inside(graph: &Graph<'_>, manifest: &Manifest, entry: &Entry) -> Option<PathBuf> {
    let Source::Path(path, _) = &entry.source else {
        return None;
    };
    let path = normal(&manifest.file.dir.join(path));
    // First the path as written, so that nothing outside of the tree is touched.
    let is_inside = graph.is_inside(&path);
    let real = path.canonicalize().ok().filter(|_| is_inside);
    let path = real.unwrap_or(path);
    graph.is_inside(&path).then_some(path)
}

fn at_first<const N: usize>(graph: &Graph<'_>, candidates: [PathBuf; N]) -> Vec<usize> {
    let mut units = candidates.iter().map(|path| graph.copies_at(path));
    units.find(|u| !u.is_empty()).unwrap_or_default()
}

/// What wit-deps put into `deps` for an entry: the package, or else the packages that it brought
/// along, if the lock file lists these and all of them are there.
fn fetched(
    graph: &Graph<'_>,
    manifest: &Manifest,
    lock: Option<&Lock>,
    entry: &Entry,
) -> Option<Vec<usize>> {
    let own = in_deps(graph, manifest, &entry.name);
    if !own.is_empty() {
        return some(own);
    }
    let mut units = Vec::new();
    for name in &locked(lock, entry)?.deps {
        let brought = in_deps(graph, manifest, name);
        if brought.is_empty() {
            return None;
        }
        units.extend(brought);
    }
    some(units)
}

fn locked<'l>(lock: Option<&'l Lock>, entry: &Entry) -> Option<&'l Locked> {
    lock?.entries.iter().find(|l| l.name == entry.name)
}

/// The units in `deps` with a name in the manifest.
fn in_deps(graph: &Graph<'_>, manifest: &Manifest, name: &str) -> Vec<usize> {
    // Names with a colon or slash are written with dashes by some tools.
    let names = [name.to_owned(), name.replace([':', '/', '\\'], "-")];
    let mut candidates = Vec::new();
    for deps in manifest.deps_dirs() {
        for name in &names {
            let path = normal(&deps.join(name));
            if path.starts_with(&deps) && path != deps {
                candidates.push(deps.join(format!("{name}.wit")));
                candidates.push(path);
            }
        }
    }
    let mut units = candidates.iter().map(|path| graph.copies_at(path));
    units.find(|u| !u.is_empty()).unwrap_or_default()
}

/// Without a lock file, an entry whose package is not in `deps` may have brought what is there and
/// belongs to no other entry.
fn unlocked(
    graph: &Graph<'_>,
    manifest: &Manifest,
    lock: Option<&Lock>,
    found: &mut [Option<Vec<usize>>],
) {
    if lock.is_some() || manifest.dialect == Dialect::Wkg || found.iter().all(Option::is_some) {
        return;
    }
    let known: BTreeSet<usize> = found.iter().flatten().flatten().copied().collect();
    let deps = manifest.deps_dirs();
    let mut rest: Vec<usize> = deps
        .iter()
        .flat_map(|dir| graph.copies_below(dir))
        .collect();
    rest.retain(|unit| !known.contains(unit));
    for found in found.iter_mut().filter(|f| f.is_none()) {
        *found = some(rest.clone());
    }
}

/// The problem of an entry without a package.
fn missing(graph: &Graph<'_>, manifest: &Manifest, lock: Option<&Lock>, entry: &Entry) -> Problem {
    let (label, range) = match &entry.source {
        Source::Path(_, range) if inside(graph, manifest, entry).is_none() => {
            return leaves(manifest, entry, range);
        }
        Source::Path(_, range) => ("no WIT package found here".to_owned(), range),
        _ => ("not fetched".to_owned(), &entry.range),
    };
    let brought = locked(lock, entry).map_or(&[][..], |locked| &locked.deps);
    let is_missing = |name: &&String| in_deps(graph, manifest, name).is_empty();
    let label = match brought.iter().find(is_missing) {
        Some(name) => format!("it brings `{name}`, which is not fetched"),
        None => label,
    };
    let mut d = Diagnostic::new(format!("failed to resolve dependency '{}'", entry.name))
        .site(manifest.site(range).label(label));
    let wanted = graph.edges.iter().find(|e| {
        graph.at(&manifest.file.dir).contains(&e.unit) && is_local_name(&entry.name, &e.to.name)
    });
    if let Some(edge) = wanted {
        let label = format!("`{}` is used here", edge.to.to_name());
        d = d.site(graph.site(edge).label(label));
    }
    let near = (graph.by_name.iter())
        .filter(|(name, _)| is_local_name(&entry.name, &name.name))
        .map(|(name, unit)| {
            (
                name,
                relative(&manifest.file.dir, &graph.tree.units[*unit].dir),
            )
        })
        .next();
    let hint = match (&entry.source, near) {
        (Source::Url { url, .. }, _) if !is_fetchable(url) => {
            "`wit-deps` fetches `http` and `https` only: write a `path`".to_owned()
        }
        (Source::Url { .. } | Source::Registry, _) => {
            format!(
                "fetch it into `deps/{}`, for example with `wit-deps`",
                entry.name
            )
        }
        (_, Some((name, path))) => format!("`{name}` is in `{path}`: set `path` to it"),
        (_, None) => format!(
            "create the package, or correct `path`: it is relative to the directory of `{}`",
            manifest.file.shown
        ),
    };
    Problem::new(Kind::MissingDependency, d.hint(hint))
}

fn is_fetchable(url: &str) -> bool {
    let scheme = url.split(':').next().unwrap_or_default();
    ["http", "https"].contains(&scheme.to_ascii_lowercase().as_str())
}

fn leaves(manifest: &Manifest, entry: &Entry, range: &Range<usize>) -> Problem {
    let name = &entry.name;
    let d = Diagnostic::new(format!(
        "path of dependency '{name}' is outside of the tree"
    ))
    .site(
        manifest
            .site(range)
            .label("outside of the checked directories"),
    )
    .hint("check the common parent directory, or move the package into the tree");
    Problem::new(Kind::PathLeavesTree, d)
}

fn check_version(
    graph: &Graph<'_>,
    manifest: &Manifest,
    entry: &Entry,
    found: &[usize],
    problems: &mut Vec<Problem>,
) {
    let Some((version, range)) = &entry.version else {
        return;
    };
    let names: Vec<&PackageName> = (found.iter())
        .filter_map(|u| graph.tree.units[*u].name.as_ref())
        .collect();
    let is_requirement = manifest.dialect == Dialect::Wkg;
    match (fits(version, is_requirement, &names), names.first()) {
        (Some(true), _) | (Some(false), None) => {}
        (Some(false), Some(name)) if is_requirement && matches!(entry.source, Source::Path(..)) => {
            let d = Diagnostic::warning(format!(
                "`version` of override '{}' is ignored: `wkg` takes `{name}` from `path`",
                entry.name
            ))
            .site(manifest.site(range));
            let d = d.hint("remove `version`, or correct it");
            problems.push(Problem::new(Kind::VersionMismatch, d));
        }
        (Some(false), Some(name)) => {
            let site = manifest
                .site(range)
                .label(format!("{version} is required here"));
            let hint = match is_requirement {
                true => "run `wkg wit fetch`, or correct `version`".to_owned(),
                false => format!("set `version` to the version of the package, or `path` to a package of version {version}"),
            };
            problems.push(mismatch(
                graph,
                &entry.name,
                name,
                Some(version),
                site,
                &hint,
            ));
        }
        (None, _) => {
            let d = Diagnostic::new(format!("invalid version `{version}`"))
                .site(manifest.site(range))
                .hint("write it as `1.2.3`");
            problems.push(Problem::new(Kind::Manifest, d));
        }
    }
}
