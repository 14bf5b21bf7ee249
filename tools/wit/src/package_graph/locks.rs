//! Compares lock files with the manifests and the tree.

use super::graph::{Declared, Graph};
use super::paths::normal;
use super::versions::{fits, mismatch};
use crate::manifest::{Dialect, Entry, Lock, Locked, Source};
use crate::problem::{Kind, Problem};
use rules_wit_common::{Diagnostic, Severity};
use std::path::Path;
use wit_parser::PackageName;

/// Reports what a lock file does not agree with.
pub(super) fn compare(graph: &Graph<'_>, lock: &Lock, problems: &mut Vec<Problem>) {
    match lock.is_wkg() {
        true => problems.extend(lock.entries.iter().filter_map(|e| of_wkg(graph, lock, e))),
        false => of_wit_deps(graph, lock, problems),
    }
}

/// The problem of a package of a registry that is fetched in other versions than the locked ones.
///
/// Packages that an override takes from elsewhere are not locked.
fn of_wkg(graph: &Graph<'_>, lock: &Lock, locked: &Locked) -> Option<Problem> {
    let is_overridden = |declared: &Declared| {
        let entries = declared.manifest.entries.iter().zip(&declared.targets);
        let mut units = entries
            .filter(|(e, _)| e.name == locked.name && matches!(e.source, Source::Path(..)))
            .flat_map(|(_, targets)| targets.iter().flatten());
        declared.manifest.file.dir == lock.file.dir
            && declared.manifest.dialect == Dialect::Wkg
            && units.any(|unit| graph.tree.level(*unit) == 0)
    };
    if graph.declared.iter().any(is_overridden) {
        return None;
    }
    let units = graph.copies_named(&locked.name, &lock.file.dir);
    let names: Vec<&PackageName> = (units.iter())
        .filter_map(|unit| graph.tree.units[*unit].name.as_ref())
        .collect();
    let (version, range) = locked.versions.first()?;
    let is_locked = |(v, _): &(String, _)| fits(v, false, &names) == Some(true);
    let found = names.iter().max()?;
    if locked.versions.iter().any(is_locked) {
        return None;
    }
    let site = lock.site(range).label(format!("{version} is locked"));
    let hint = "run `wkg wit update`, or add the locked version to the tree";
    let version = Some(version.as_str());
    Some(mismatch(graph, &locked.name, found, version, site, hint))
}

/// Reports the entries of the manifest beside `deps.lock` that are not locked, or from another source.
fn of_wit_deps(graph: &Graph<'_>, lock: &Lock, problems: &mut Vec<Problem>) {
    let beside = |d: &&Declared| {
        d.manifest.file.dir == lock.file.dir && d.manifest.dialect == Dialect::WitDeps
    };
    let Some(declared) = graph.declared.iter().find(beside) else {
        return;
    };
    for (entry, target) in declared.manifest.entries.iter().zip(&declared.targets) {
        let site = declared.manifest.site(&entry.range);
        // What is in `deps` is what counts.
        let severity = match target {
            Some(_) => Severity::Warning,
            None => Severity::Error,
        };
        let (title, site, other) = match lock.entries.iter().find(|l| l.name == entry.name) {
            None => (
                format!("dependency '{}' is not locked", entry.name),
                site,
                lock.site(&(0..0)).label("not in this lock file"),
            ),
            Some(locked) if is_of_other_source(entry, locked) => (
                format!("dependency '{}' is locked from another source", entry.name),
                site.label("declared here"),
                lock.site(&locked.range).label("locked here"),
            ),
            Some(_) => continue,
        };
        let d = match severity {
            Severity::Warning => Diagnostic::warning(title),
            Severity::Error => Diagnostic::new(title),
        };
        let d = d.site(site).site(other).hint("run `wit-deps lock`");
        problems.push(Problem::new(Kind::Manifest, d));
    }
}

/// Whether the lock file names another source than the manifest. A dependency that another one brought
/// along has none.
fn is_of_other_source(entry: &Entry, locked: &Locked) -> bool {
    // The lock file has URLs in the form of the URL standard.
    let url = |url: &str| url.trim_end_matches('/').to_ascii_lowercase();
    match (&entry.source, &locked.url, &locked.path) {
        (Source::Url { url: a, prefix: p }, Some((b, q)), None) if b.contains("://") => {
            url(a) != url(b) || p != q
        }
        (Source::Path(a, _), None, Some(b)) => normal(Path::new(a)) != normal(Path::new(b)),
        (Source::Path(..), Some((b, _)), None) => b.contains("://"),
        (Source::Url { .. }, None, Some(_)) => true,
        _ => false,
    }
}
