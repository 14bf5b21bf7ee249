//! Packages from wherever they come: trees of WIT, single files, encoded packages.

use crate::check::counting_units;
use crate::tree::Tree;
use rules_wit_common::{display_path, read_bytes, Diagnostic, Failure, Limit, Result, Site};
use std::collections::BTreeSet;
use std::io::Read;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use wit_component::{decode, WitPrinter};
use wit_parser::{PackageId, PackageName, Resolve, Span, UnresolvedPackageGroup};
use wit_source::{Batch, Features};

/// The most bytes of an encoded package.
const ENCODED: Limit = Limit(64 << 20);

/// Packages that were read and resolved together.
#[derive(Debug)]
pub struct Packages {
    /// All packages, with those that they use.
    pub resolve: Resolve,
    /// Those that were asked for, by name.
    pub own: Vec<PackageId>,
    batch: Batch,
}

/// The files of a package: path and text.
type Files = Vec<(String, String)>;

/// What a path holds, not parsed yet.
#[derive(Default)]
struct Found {
    packages: Vec<Files>,
    /// Packages that were put there for those to use.
    vendored: Vec<Files>,
}

impl Packages {
    /// Reads the packages of `paths`: each a directory with packages at any depth, a `.wit` file, or
    /// a package that is encoded as WebAssembly. What they use may be among them, or in `deps`.
    ///
    /// On failure gives every syntax error, or else the first package that does not resolve.
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

    /// Packages of texts.
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
                    // What the tree has itself needs nobody else to provide it.
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
        let resolve = batch.resolve_all(groups, features).map_err(with_dep_hint)?;
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

    /// The place of a span, where it is known.
    pub fn site(&self, span: Span) -> Option<Site> {
        self.batch.site(&self.resolve, span)
    }
}

/// The errors of packages that are not found name a target; here there is none.
fn with_dep_hint(failure: Failure) -> Failure {
    let all = failure.diagnostics().into_iter().map(|d| {
        let is_missing = d
            .mend()
            .is_some_and(|h| h.starts_with("add the wit_library"));
        match is_missing {
            true => d.hint("put the package beside it, or name it by `--dep`"),
            false => d,
        }
    });
    let nothing = || Diagnostic::new("the packages do not resolve").into();
    Failure::from_all(all.collect()).unwrap_or_else(nothing)
}

fn find(paths: &[PathBuf]) -> Result<Found> {
    let mut found = Found::default();
    let mut trees = Vec::new();
    for path in paths {
        match is_encoded(path) {
            true => decoded(path, &mut found)?,
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
    let counts = counting_units(&tree);
    let units: Vec<usize> = (counts.iter().enumerate())
        .filter(|(i, unit)| i == *unit)
        .map(|(i, _)| i)
        .collect();
    let is_vendored = |unit: &usize| tree.is_vendored_below(*unit);
    let all_vendored = units.iter().all(is_vendored);
    for unit in units {
        let files = (tree.units[unit].files.iter())
            .map(|i| {
                let file = &tree.files[*i].0;
                (file.shown.clone(), file.text.clone())
            })
            .collect();
        match is_vendored(&unit) && !all_vendored {
            true => found.vendored.push(files),
            false => found.packages.push(files),
        }
    }
    Ok(found)
}

/// Whether the file begins as every WebAssembly binary does.
fn is_encoded(path: &Path) -> bool {
    let mut start = [0; 4];
    let is_file = std::fs::metadata(path).is_ok_and(|m| m.is_file());
    is_file
        && std::fs::File::open(path)
            .and_then(|mut f| f.read_exact(&mut start))
            .is_ok_and(|()| start == *b"\0asm")
}

/// Decodes a package into texts, so that what follows is the same as for WIT that somebody wrote:
/// features above all, which the decoder does not know.
fn decoded(path: &Path, found: &mut Found) -> Result<()> {
    let bytes = read_bytes(path, ENCODED)?;
    let shown = display_path(path);
    let texts = decoded_texts(&bytes).map_err(|reason| {
        Diagnostic::new(format!("`{shown}` is no encoded WIT package: {reason}"))
            .hint("give a package that `wit encode` or `wasm-tools component wit --wasm` wrote")
    })?;
    for (i, (name, text)) in texts.into_iter().enumerate() {
        let files = vec![(format!("{shown} ({name})"), text)];
        match i {
            0 => found.packages.push(files),
            _ => found.vendored.push(files),
        }
    }
    Ok(())
}

/// The texts of an encoded package and of those that it uses, the main one first.
pub fn decoded_texts(bytes: &[u8]) -> std::result::Result<Vec<(String, String)>, String> {
    if bytes.get(4..8) == Some(&[1, 0, 0, 0]) {
        return Err("it is a core module".to_owned());
    }
    // The decoder is made for what an encoder wrote and takes much for granted.
    let decoded = catch_unwind(AssertUnwindSafe(|| decode(bytes)));
    let decoded = match decoded {
        Ok(Ok(decoded)) => decoded,
        Ok(Err(e)) => return Err(format!("{e:#}").lines().next().unwrap_or("").to_owned()),
        Err(_) => return Err("its structure is not that of a package".to_owned()),
    };
    let (resolve, main) = (decoded.resolve(), decoded.package());
    let others = resolve.packages.iter().map(|(id, _)| id);
    let order = std::iter::once(main).chain(others.filter(|id| *id != main));
    let mut out = Vec::new();
    for id in order {
        let text = print(resolve, id).map_err(|e| e.to_string())?;
        out.push((resolve.packages[id].name.to_string(), text));
    }
    Ok(out)
}

/// One package as WIT.
fn print(resolve: &Resolve, package: PackageId) -> anyhow::Result<String> {
    let mut printer = WitPrinter::default();
    printer.print_package(resolve, package, true)?;
    Ok(printer.output.to_string())
}

/// A package and all that it uses, as one document: what is behind a closed gate is gone from it.
pub fn document(resolve: &Resolve, main: PackageId) -> anyhow::Result<String> {
    let mut others = Vec::new();
    let mut open = vec![main];
    while let Some(id) = open.pop() {
        for other in resolve.package_direct_deps(id) {
            if other != main && !others.contains(&other) {
                others.push(other);
                open.push(other);
            }
        }
    }
    others.sort_by(|a, b| resolve.packages[*a].name.cmp(&resolve.packages[*b].name));
    let mut printer = WitPrinter::default();
    printer.print(resolve, main, &others)?;
    Ok(printer.output.to_string())
}
