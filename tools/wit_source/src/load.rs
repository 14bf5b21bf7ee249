//! Parses a package with its dependencies, and resolves it.

use crate::copies;
use crate::diagnose;
use crate::features::Features;
use crate::includes;
use crate::panics::{self, guarded};
use crate::sources::Sources;
use crate::spans::{self, Item, Spans};
use rules_wit_common::{Diagnostic, Result};
use std::collections::HashMap;
use std::path::PathBuf;
use wit_parser::{PackageId, Resolve, UnresolvedPackageGroup};

/// A parsed main package, with its dependencies read but not resolved.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The main package, and the packages nested in its sources.
    pub group: UnresolvedPackageGroup,
    /// The dependencies, each with the packages nested in it, in the order given.
    pub deps: Vec<UnresolvedPackageGroup>,
    /// All texts.
    pub sources: Sources,
    label: Option<String>,
}

/// A resolved main package.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The main package and its dependencies.
    pub resolve: Resolve,
    /// The main package.
    pub main: PackageId,
    /// All texts.
    pub sources: Sources,
}

/// Reads and parses a package from `srcs`, and its dependencies from `deps`, one package a file.
///
/// `label` is the Bazel target of the package, for error messages. Fails if a file cannot be read
/// or parsed, or if `srcs` is empty.
pub fn parse(label: Option<&str>, srcs: &[PathBuf], deps: &[PathBuf]) -> Result<Parsed> {
    parse_packages(label, srcs, deps.chunks(1))
}

/// Like [`parse`], with the files of each dependency.
pub fn parse_packages<D: AsRef<[PathBuf]>>(
    label: Option<&str>,
    srcs: &[PathBuf],
    deps: impl IntoIterator<Item = D>,
) -> Result<Parsed> {
    if srcs.is_empty() {
        return Err(Diagnostic::new("the WIT package has no sources")
            .target(label)
            .hint("add at least one `.wit` file to `srcs`")
            .into());
    }
    let mut sources = Sources::default();
    sources.read(srcs).map_err(|e| e.target(label))?;
    if let Some(label) = label {
        sources.set_main_label(label);
    }
    for dep in deps {
        sources.read(dep.as_ref()).map_err(|e| e.target(label))?;
    }
    let group = parse_group(label, &sources, 0)?;
    let deps = (1..sources.package_count())
        .map(|i| parse_group(label, &sources, i))
        .collect::<Result<_>>()?;
    Ok(Parsed {
        group,
        deps,
        sources,
        label: label.map(str::to_owned),
    })
}

fn parse_group(
    label: Option<&str>,
    sources: &Sources,
    package: usize,
) -> Result<UnresolvedPackageGroup> {
    match guarded(|| sources.source_map(package).parse()) {
        Ok(Ok(group)) => Ok(group),
        Ok(Err((map, e))) => Err(diagnose::parse_error(label, sources, &map, e.kind())),
        Err(panic) => Err(panics::locate(&sources.only(package), &panic).target(label)),
    }
}

impl Parsed {
    /// Reads where the items of packages in normal form are declared, from files that `wit resolve`
    /// wrote. Sites are then those of the declarations.
    pub fn locate(mut self, files: &[PathBuf]) -> Result<Self> {
        let read = files.iter().map(|file| Spans::read(file));
        let read: Vec<Spans> = read.collect::<Result<_>>()?;
        let items = read.iter().flat_map(|spans| &spans.items);
        let declared: HashMap<&str, &Item> = items.map(|i| (i.path.as_str(), i)).collect();
        for group in std::iter::once(&self.group).chain(&self.deps) {
            for item in spans::of("", group, &self.sources).items {
                if let Some(to) = declared.get(item.path.as_str()) {
                    let all = &mut self.sources.declarations;
                    all.add(
                        &item.file,
                        (item.line, item.col),
                        &to.file,
                        (to.line, to.col),
                    );
                }
            }
        }
        Ok(self)
    }

    /// Resolves the package against its dependencies, of which several copies with one meaning count as one.
    /// Fails with the first error.
    pub fn resolve(self, features: &Features) -> Result<Loaded> {
        let Parsed {
            mut group,
            mut deps,
            sources,
            label,
        } = self;
        let label = label.as_deref();
        copies::remove(&mut deps);
        let groups = std::iter::once(&group).chain(&deps);
        if let Some((_, failure)) = includes::check(&sources, groups) {
            return Err(failure.target(label));
        }
        let mut resolve = features.open();
        features.drop_closed_uses(&mut group);
        for dep in &mut deps {
            features.drop_closed_uses(dep);
        }
        match guarded(|| resolve.push_groups(group, deps)) {
            Ok(Ok(main)) => Ok(Loaded {
                resolve,
                main,
                sources,
            }),
            Err(panic) => Err(panics::internal_error(&panic, sources.header()).target(label)),
            Ok(Err(e)) => Err(diagnose::resolve_error(
                label,
                &sources,
                &resolve.source_map,
                e.kind(),
            )),
        }
    }
}
