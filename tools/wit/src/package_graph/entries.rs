//! Reads the manifests: each entry must lead to a package of the right version.

use super::graph::{Declared, Graph};
use super::paths::{normal, relative};
use super::versions::{fits, mismatch};
use crate::manifest::{self, is_local_name, Dialect, Entry, Lock, Manifest, Source};
use crate::problem::{Kind, Problem};
use crate::syntax::PackageRef;
use rules_wit_common::Diagnostic;
use std::ops::Range;
use std::path::{Path, PathBuf};
use wit_parser::PackageName;

/// Reads all manifests into the graph, and compares the lock files with them.
pub(super) fn read(graph: &mut Graph<'_>, problems: &mut Vec<Problem>) {
    let mut locks = Vec::new();
    for file in &graph.tree.manifests {
        if file.shown.ends_with(".lock") {
            locks.push(manifest::lock(file, problems));
            continue;
        }
        let manifest = manifest::manifest(file, problems);
        let homes = manifest.homes();
        let homes_by = |at: &dyn Fn(&Path) -> Vec<usize>| -> Vec<usize> {
            let mut units = homes.iter().map(|dir| at(dir));
            units.find(|u| !u.is_empty()).unwrap_or_default()
        };
        let own_homes = homes_by(&|dir| graph.at(dir));
        let mut with_copies = (homes_by(&|dir| graph.copies_at(dir)), Vec::new());
        let targets = (manifest.entries.iter())
            .map(|e| entry(graph, &manifest, e, &mut with_copies.1, problems))
            .collect();
        for (path, range) in &manifest.members {
            if graph.is_inside(&normal(&manifest.file.dir.join(path))) {
                continue;
            }
            problems.push(leaves(&manifest, &format!("member '{path}'"), range));
        }
        graph.declare(Declared {
            manifest,
            homes: own_homes,
            targets,
            with_copies,
        });
    }
    for lock in &locks {
        compare_lock(graph, lock, problems);
    }
}

/// The units of an entry, or `None` with a problem. Adds them, including copies, to `with_copies`.
fn entry(
    graph: &Graph<'_>,
    manifest: &Manifest,
    entry: &Entry,
    with_copies: &mut Vec<usize>,
    problems: &mut Vec<Problem>,
) -> Option<Vec<usize>> {
    let dir = &manifest.file.dir;
    let (candidates, range) = match &entry.source {
        Source::Path(path, range) => {
            let path = normal(&dir.join(path));
            // First the path as written, so that nothing outside of the tree is touched.
            let real = path.canonicalize().ok().filter(|_| graph.is_inside(&path));
            if !graph.is_inside(real.as_ref().unwrap_or(&path)) {
                let what = format!("path of dependency '{}'", entry.name);
                problems.push(leaves(manifest, &what, range));
                return None;
            }
            let path = real.unwrap_or(path);
            let wit = path.join("wit");
            (vec![path, wit], range)
        }
        Source::Fetched => (fetched(dir, entry), &entry.range),
    };
    let find = |at: &dyn Fn(&Path) -> Vec<usize>| -> Vec<usize> {
        let mut units = candidates.iter().map(|path| at(path));
        units.find(|u| !u.is_empty()).unwrap_or_default()
    };
    with_copies.extend(find(&|path| graph.copies_at(path)));
    let found = find(&|path| graph.at(path));
    if found.is_empty() {
        // wkg fetches packages of a registry when it needs them.
        if entry.source == Source::Fetched && manifest.dialect == Dialect::Wkg {
            return Some(Vec::new());
        }
        problems.push(missing(graph, manifest, entry, range));
        return None;
    }
    check_version(graph, manifest, entry, &found, problems);
    Some(found)
}

/// The paths at which tools put a fetched dependency.
fn fetched(dir: &Path, entry: &Entry) -> Vec<PathBuf> {
    let name = entry.name.replace([':', '/', '\\'], "-");
    let mut out = Vec::new();
    for deps in [dir.join("deps"), dir.join("wit/deps")] {
        out.push(deps.join(&name));
        out.push(deps.join(format!("{name}.wit")));
    }
    out
}

fn leaves(manifest: &Manifest, what: &str, range: &Range<usize>) -> Problem {
    let d = Diagnostic::new(format!("{what} is outside of the tree"))
        .site(
            manifest
                .site(range)
                .label("outside of the checked directories"),
        )
        .hint("check the common parent directory, or move the package into the tree");
    Problem::new(Kind::PathLeavesTree, d)
}

fn missing(graph: &Graph<'_>, manifest: &Manifest, entry: &Entry, range: &Range<usize>) -> Problem {
    let label = match &entry.source {
        Source::Path(..) => "no WIT package found here",
        Source::Fetched => "not fetched",
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
        (Source::Fetched, _) => {
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
    let names: Vec<&PackageName> = found
        .iter()
        .filter_map(|u| graph.tree.units[*u].name.as_ref())
        .collect();
    match fits(version, &names) {
        Some(true) => {}
        Some(false) => problems.extend(names.first().map(|name| {
            let site = manifest
                .site(range)
                .label(format!("{version} is required here"));
            mismatch(
                graph,
                &entry.name,
                name,
                Some(version),
                site,
                &format!("set `version` to the version of the package, or `path` to a package of version {version}"),
            )
        })),
        None => {
            let d = Diagnostic::new(format!("invalid version `{version}`"))
                .site(manifest.site(range))
                .hint("write it as `1.2.3`");
            problems.push(Problem::new(Kind::Manifest, d));
        }
    }
}

fn compare_lock(graph: &Graph<'_>, lock: &Lock, problems: &mut Vec<Problem>) {
    if lock.is_wkg() {
        for entry in &lock.entries {
            let Some((namespace, name)) = entry.name.split_once(':') else {
                continue;
            };
            let to = PackageRef {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
                version: None,
            };
            let names = graph.versions(&to);
            let Some((version, range)) = entry.versions.first() else {
                continue;
            };
            let fits_one = entry
                .versions
                .iter()
                .any(|(v, _)| fits(v, &names) == Some(true));
            if let (false, Some(found)) = (fits_one, names.last()) {
                let site = lock.site(range).label(format!("{version} is locked"));
                let hint = "run `wkg wit update`, or add the locked version to the tree";
                problems.push(mismatch(
                    graph,
                    &entry.name,
                    found,
                    Some(version),
                    site,
                    hint,
                ));
            }
        }
        return;
    }
    let beside = |d: &&Declared| {
        d.manifest.file.dir == lock.file.dir && d.manifest.dialect == Dialect::WitDeps
    };
    let Some(declared) = graph.declared.iter().find(beside) else {
        return;
    };
    for entry in &declared.manifest.entries {
        if lock.entries.iter().all(|l| l.name != entry.name) {
            let d = Diagnostic::new(format!("dependency '{}' is not locked", entry.name))
                .site(declared.manifest.site(&entry.range))
                .site(lock.site(&(0..0)).label("not in this lock file"))
                .hint("run `wit-deps lock`");
            problems.push(Problem::new(Kind::Manifest, d));
        }
    }
}
