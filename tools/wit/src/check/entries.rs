//! What the manifests say: each entry must lead to a package, and to the right version of it.

use super::graph::{normal, Declared, Graph};
use super::{Kind, Problem};
use crate::manifest::{self, Dialect, Entry, Lock, Manifest, Source};
use rules_wit_common::Diagnostic;
use std::ops::Range;
use std::path::{Path, PathBuf};
use wit_parser::PackageName;

/// Reads all manifests and lock files into the graph.
pub(super) fn read(graph: &mut Graph<'_>, problems: &mut Vec<Problem>) {
    let mut locks = Vec::new();
    for file in &graph.tree.manifests {
        if file.shown.ends_with(".lock") {
            locks.push(manifest::lock(file, problems));
            continue;
        }
        let manifest = manifest::manifest(file, problems);
        let homes = manifest.homes();
        let homes = homes
            .iter()
            .map(|dir| graph.at(dir))
            .find(|u| !u.is_empty());
        let targets = (manifest.entries.iter())
            .map(|e| entry(graph, &manifest, e, problems))
            .collect();
        for (path, range) in &manifest.members {
            if graph.is_inside(&normal(&manifest.file.dir.join(path))) {
                continue;
            }
            problems.push(leaves(&manifest, &format!("member '{path}'"), range));
        }
        graph.declare(Declared {
            homes: homes.unwrap_or_default(),
            manifest,
            targets,
        });
    }
    for lock in &locks {
        compare_lock(graph, lock, problems);
    }
}

fn entry(
    graph: &Graph<'_>,
    manifest: &Manifest,
    entry: &Entry,
    problems: &mut Vec<Problem>,
) -> Option<Vec<usize>> {
    let dir = &manifest.file.dir;
    let (mut places, range) = match &entry.source {
        Source::Path(path, range) => {
            let path = normal(&dir.join(path));
            // First as it reads, so that nothing outside is even looked at.
            let real = path.canonicalize().ok().filter(|_| graph.is_inside(&path));
            if !graph.is_inside(real.as_ref().unwrap_or(&path)) {
                let what = format!("path of dependency '{}'", entry.name);
                problems.push(leaves(manifest, &what, range));
                return None;
            }
            let path = real.unwrap_or(path);
            (vec![path.join("wit"), path], range)
        }
        Source::Fetched => (fetched(dir, entry), &entry.range),
    };
    let mut found = Vec::new();
    while let (true, Some(place)) = (found.is_empty(), places.pop()) {
        found = graph.at(&place);
    }
    if found.is_empty() {
        // Of a registry's packages wkg knows only what it fetches.
        if entry.source == Source::Fetched && manifest.dialect == Dialect::Wkg {
            return Some(Vec::new());
        }
        problems.push(missing(graph, manifest, entry, range));
        return None;
    }
    check_version(graph, manifest, entry, &found, problems);
    Some(found)
}

/// Where tools put what they fetch.
fn fetched(dir: &Path, entry: &Entry) -> Vec<PathBuf> {
    let name = entry.name.replace([':', '/', '\\'], "-");
    let mut out = Vec::new();
    for deps in [dir.join("wit/deps"), dir.join("deps")] {
        out.push(deps.join(format!("{name}.wit")));
        out.push(deps.join(&name));
    }
    out
}

fn leaves(manifest: &Manifest, what: &str, range: &Range<usize>) -> Problem {
    let d = Diagnostic::new(format!("{what} leaves the tree"))
        .site(manifest.site(range).label("outside of what is checked"))
        .hint("give the directory above both to `wit check`, or move the package into the tree");
    Problem::new(Kind::PathLeavesTree, d)
}

fn missing(graph: &Graph<'_>, manifest: &Manifest, entry: &Entry, range: &Range<usize>) -> Problem {
    let label = match &entry.source {
        Source::Path(..) => "no WIT package is here",
        Source::Fetched => "not fetched",
    };
    let mut d = Diagnostic::new(format!("failed to resolve dependency '{}'", entry.name))
        .site(manifest.site(range).label(label));
    let wanted = graph.edges.iter().find(|e| {
        graph.at(&manifest.file.dir).contains(&e.unit) && is_local_name(&entry.name, &e.to.name)
    });
    if let Some(edge) = wanted {
        let label = format!("`{}` is used here", super::graph::exact(&edge.to));
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
        (_, Some((name, path))) => format!("`{name}` is in `{path}`: set `path` to that"),
        (_, None) => format!(
            "create the package, or correct `path`: it is relative to the directory of `{}`",
            manifest.file.shown
        ),
    };
    Problem::new(Kind::MissingDependency, d.hint(hint))
}

/// Whether a manifest may call a package of this name so: `types` for `core-types`.
pub fn is_local_name(local: &str, package: &str) -> bool {
    let local = local.rsplit(':').next().unwrap_or(local);
    local == package
        || package
            .strip_suffix(local)
            .is_some_and(|p| p.ends_with('-'))
}

/// The way from one directory to another.
pub(super) fn relative(from: &Path, to: &Path) -> String {
    let shared = from
        .components()
        .zip(to.components())
        .take_while(|(a, b)| a == b)
        .count();
    let up = from.components().skip(shared).map(|_| "..".to_owned());
    let down = to
        .components()
        .skip(shared)
        .map(|c| c.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<String> = up.chain(down).collect();
    if parts.is_empty() {
        ".".to_owned()
    } else {
        parts.join("/")
    }
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
                .label(format!("{version} is asked for here"));
            mismatch(
                graph,
                &entry.name,
                name,
                Some(version),
                site,
                &format!("set `version` to that of the package, or point `path` to {version}"),
            )
        })),
        None => {
            let d = Diagnostic::new(format!("`{version}` is no version"))
                .site(manifest.site(range))
                .hint("write it as `1.2.3`");
            problems.push(Problem::new(Kind::Manifest, d));
        }
    }
}

/// Whether one of the packages has the version, or fulfils the requirement.
fn fits(version: &str, names: &[&PackageName]) -> Option<bool> {
    if let Ok(exact) = semver::Version::parse(version) {
        return Some(names.is_empty() || names.iter().any(|n| n.version.as_ref() == Some(&exact)));
    }
    let requirement = semver::VersionReq::parse(version).ok()?;
    let fits = |n: &&PackageName| n.version.as_ref().is_some_and(|v| requirement.matches(v));
    Some(names.is_empty() || names.iter().any(fits))
}

/// A package that is there with another version than is wanted.
pub(super) fn mismatch(
    graph: &Graph<'_>,
    local: &str,
    found: &PackageName,
    wanted: Option<&str>,
    site: rules_wit_common::Site,
    hint: &str,
) -> Problem {
    let has = match &found.version {
        Some(v) => format!("version {v}"),
        None => "no version".to_owned(),
    };
    let wants = match wanted {
        Some(v) => format!("{v} required"),
        None => "required without one".to_owned(),
    };
    let title = format!("package '{local}' found with {has} but {wants}");
    let mut d = Diagnostic::new(title).site(site);
    if let Some(site) = graph.header(found) {
        d = d.site(site.label(format!("`{found}` is declared here")));
    }
    Problem::new(Kind::VersionMismatch, d.hint(hint))
}

fn compare_lock(graph: &Graph<'_>, lock: &Lock, problems: &mut Vec<Problem>) {
    if lock.is_wkg() {
        for entry in &lock.entries {
            let Some((namespace, name)) = entry.name.split_once(':') else {
                continue;
            };
            let to = crate::text::PackageRef {
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
                let hint = "run `wkg wit update`, or put the locked version into the tree";
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
