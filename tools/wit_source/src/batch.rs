//! Parses and resolves many packages in one run, from texts in memory.

use crate::diagnose;
use crate::features::Features;
use crate::includes;
use crate::panics::{self, guarded};
use crate::sources::Sources;
use rules_wit_common::{Failure, Result, Site};
use std::collections::HashMap;
use wit_parser::{PackageId, ParseErrorKind, Resolve, Span, UnresolvedPackageGroup};

/// Packages of one run, which may use each other.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    sources: Sources,
}

/// The packages that were resolved.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    /// The packages; none if there are too many errors.
    pub resolve: Resolve,
    /// The resolved packages, each with the number of the package in whose sources it is.
    pub packages: Vec<(usize, PackageId)>,
    /// The number and the error of each package that does not resolve.
    pub failed: Vec<(usize, Failure)>,
}

impl Batch {
    /// Adds a package, by the paths and texts of its files, and returns its number.
    pub fn add(&mut self, files: impl IntoIterator<Item = (String, String)>) -> usize {
        self.sources.add(files)
    }

    /// Parses one package. Fails with its syntax errors, at most one for each file, or else with
    /// the one error of the package as a whole.
    pub fn parse(&self, package: usize) -> Result<UnresolvedPackageGroup> {
        let alone = || self.sources.only(package);
        let (map, error) = match guarded(|| self.sources.source_map(package).parse()) {
            Ok(Ok(group)) => return Ok(group),
            Ok(Err(e)) => e,
            Err(panic) => return Err(panics::locate(&alone(), &panic)),
        };
        let alone = alone();
        let mut all = Vec::new();
        for path in alone.main_files() {
            let mut file = Sources::default();
            file.add([(path.clone(), alone.text(path).to_owned())]);
            if let Ok(Err((map, e))) = guarded(|| file.source_map(0).parse()) {
                let is_syntax = match e.kind() {
                    ParseErrorKind::Lex(_) => true,
                    ParseErrorKind::Syntax { message, .. } => {
                        !message.starts_with("no `package` header")
                    }
                    _ => false,
                };
                if is_syntax {
                    let failure = diagnose::parse_error(None, &file, &map, e.kind());
                    all.extend(failure.diagnostics());
                }
            }
        }
        match Failure::from_all(all) {
            Some(failure) => Err(failure),
            None => Err(diagnose::parse_error(None, &alone, &map, error.kind())),
        }
    }

    /// Resolves packages, given in any order. Fails with the first error.
    pub fn resolve_all(
        &self,
        groups: Vec<UnresolvedPackageGroup>,
        features: &Features,
    ) -> Result<Resolve> {
        if let Some((_, failure)) = includes::check(&self.sources, &groups) {
            return Err(failure);
        }
        let mut resolve = features.open();
        let mut groups = groups.into_iter().map(|mut group| {
            features.drop_closed_uses(&mut group);
            group
        });
        if let Some(main) = groups.next() {
            let groups = groups.collect();
            match guarded(|| resolve.push_groups(main, groups)) {
                Ok(Ok(_)) => {}
                Ok(Err(e)) => {
                    let map = &resolve.source_map;
                    return Err(diagnose::resolve_error(None, &self.sources, map, e.kind()));
                }
                Err(panic) => {
                    return Err(panics::internal_error(&panic, self.sources.header()));
                }
            }
        }
        Ok(resolve)
    }

    /// The site of a span of a resolved package.
    pub fn site(&self, resolve: &Resolve, span: Span) -> Option<Site> {
        let (_, site) = self.sources.site(&resolve.source_map, span)?;
        Some(site)
    }

    /// Resolves packages with all features.
    ///
    /// In `order`, a package comes after the packages that it uses. `uses(a, b)` says whether
    /// package `a` uses package `b`; users of a package with an error are skipped.
    pub fn resolve(
        &self,
        order: Vec<(usize, UnresolvedPackageGroup)>,
        uses: impl Fn(usize, usize) -> bool,
    ) -> Resolved {
        let mut failed: Vec<(usize, Failure)> = Vec::new();
        let numbers: Vec<usize> = order.iter().map(|(package, _)| *package).collect();
        if let Some((i, failure)) = includes::check(&self.sources, order.iter().map(|(_, g)| g)) {
            failed.push((numbers[i], failure));
        }
        let mut parsed: HashMap<usize, UnresolvedPackageGroup> = order.into_iter().collect();
        // After an error, the state of the library is unusable: start again without the package
        // at fault. Give up after 20 errors.
        for _ in 0..20 {
            let mut out: Vec<usize> = failed.iter().map(|(i, _)| *i).collect();
            let mut resolve = Resolve::new();
            resolve.all_features = true;
            let mut packages = Vec::new();
            let mut error = None;
            for package in &numbers {
                if out.contains(package) || out.iter().any(|o| uses(*package, *o)) {
                    if !out.contains(package) {
                        out.push(*package);
                    }
                    continue;
                }
                // Parsing a package again costs less than keeping a copy of each.
                let group = match parsed.remove(package) {
                    Some(group) => Ok(group),
                    None => self.parse(*package),
                };
                match group.and_then(|group| self.push(&mut resolve, *package, group)) {
                    Ok(ids) => packages.extend(ids.into_iter().map(|id| (*package, id))),
                    Err(e) => {
                        error = Some((*package, e));
                        break;
                    }
                }
            }
            match error {
                Some(e) => failed.push(e),
                None => {
                    return Resolved {
                        resolve,
                        packages,
                        failed,
                    };
                }
            }
        }
        Resolved {
            failed,
            ..Resolved::default()
        }
    }

    /// Resolves one package, whose dependencies are resolved. Returns its number and those of the
    /// packages nested in it.
    fn push(
        &self,
        resolve: &mut Resolve,
        package: usize,
        group: UnresolvedPackageGroup,
    ) -> Result<Vec<PackageId>> {
        let nested: Vec<_> = group.nested.iter().map(|p| p.name.clone()).collect();
        let pushed = guarded(|| resolve.push_group(group));
        let main = match pushed {
            Ok(Ok(id)) => id,
            Ok(Err(e)) => {
                let map = &resolve.source_map;
                return Err(diagnose::resolve_error(None, &self.sources, map, e.kind()));
            }
            Err(panic) => {
                let alone = self.sources.only(package);
                return Err(panics::internal_error(&panic, alone.header()));
            }
        };
        let nested = nested
            .iter()
            .filter_map(|name| resolve.package_names.get(name));
        Ok(std::iter::once(main).chain(nested.copied()).collect())
    }
}
