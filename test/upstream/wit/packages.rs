//! Splits a case into its packages, which are targets in a build graph.

use std::fs;
use std::path::{Path, PathBuf};
use wit_parser::{SourceMap, UnresolvedPackageGroup};

/// The files of one package, as in a target.
#[derive(Debug)]
pub struct Unit {
    /// A name for labels and files.
    pub name: String,
    /// The sources.
    pub files: Vec<PathBuf>,
    /// The packages in the sources and the packages that they use; `None` if they do not parse.
    names: Option<(Vec<String>, Vec<String>)>,
}

impl Unit {
    fn new(name: String, files: Vec<PathBuf>) -> Self {
        let mut map = SourceMap::new();
        let read = files.iter().try_for_each(|f| map.push_file(f));
        let group = read.ok().and_then(|()| map.parse().ok());
        Unit {
            name,
            files,
            names: group.map(|g| names(&g)),
        }
    }

    fn holds(&self, package: &str) -> bool {
        let names = self.names.as_ref();
        names.is_some_and(|(own, _)| own.iter().any(|n| n == package))
    }

    fn uses(&self) -> &[String] {
        self.names.as_ref().map_or(&[], |(_, uses)| uses)
    }
}

fn names(group: &UnresolvedPackageGroup) -> (Vec<String>, Vec<String>) {
    let all = || group.nested.iter().chain([&group.main]);
    let own: Vec<String> = all().map(|p| p.name.to_string()).collect();
    let uses = all()
        .flat_map(|p| p.foreign_deps.keys())
        .map(ToString::to_string)
        .filter(|n| !own.contains(n))
        .collect();
    (own, uses)
}

/// The packages of a case: the main one, then its dependencies and those that do not parse, each with
/// the indices of its direct dependencies.
pub fn units(case: &Path) -> std::io::Result<Vec<(Unit, Vec<usize>)>> {
    let mut units = Vec::new();
    if case.is_dir() {
        units.push(Unit::new("main".to_owned(), wit_files(case)?));
        let deps = case.join("deps");
        let mut entries = if deps.is_dir() {
            list(&deps)?
        } else {
            Vec::new()
        };
        entries.retain(|e| e.is_dir() || is_package_file(e));
        for entry in entries {
            let name = entry.file_name().unwrap_or_default().to_string_lossy();
            let files = if entry.is_dir() {
                wit_files(&entry)?
            } else {
                vec![entry.clone()]
            };
            units.push(Unit::new(format!("deps/{name}"), files));
        }
    } else {
        units.push(Unit::new("main".to_owned(), vec![case.to_owned()]));
    }
    let edges: Vec<Vec<usize>> = units
        .iter()
        .map(|u| {
            let of = |used: &String| (0..units.len()).filter(|i| units[*i].holds(used)).collect();
            let all: Vec<Vec<usize>> = u.uses().iter().map(of).collect();
            all.concat()
        })
        .collect();
    Ok(units.into_iter().zip(edges).collect())
}

/// The packages in the order in which they can be resolved; those on a cycle, and their dependents,
/// come last.
pub fn order(units: &[(Unit, Vec<usize>)]) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::new();
    while order.len() < units.len() {
        let ready = |i: &usize| {
            let uses = &units[*i].1;
            !order.contains(i) && uses.iter().all(|u| order.contains(u))
        };
        let next = (0..units.len()).find(ready);
        let next = next.or_else(|| (0..units.len()).find(|i| !order.contains(i)));
        order.extend(next);
    }
    order
}

/// The direct and transitive dependencies of a package.
pub fn closure(units: &[(Unit, Vec<usize>)], unit: usize) -> Vec<usize> {
    let mut out = Vec::new();
    let mut todo = units[unit].1.clone();
    while let Some(next) = todo.pop() {
        if next != unit && !out.contains(&next) {
            out.push(next);
            todo.extend(&units[next].1);
        }
    }
    out
}

fn list(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries: std::io::Result<Vec<PathBuf>> =
        fs::read_dir(dir)?.map(|e| Ok(e?.path())).collect();
    let mut entries = entries?;
    entries.sort();
    Ok(entries)
}

fn wit_files(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = list(dir)?;
    files.retain(|f| f.is_file() && f.extension().is_some_and(|e| e == "wit"));
    Ok(files)
}

fn is_package_file(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str());
    matches!(extension, Some("wit" | "wasm" | "wat"))
}
