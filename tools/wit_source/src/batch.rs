//! Parses and resolves many packages in one run, from texts in memory.

use crate::diagnose;
use crate::features::Features;
use crate::sources::Sources;
use rules_wit_common::{Failure, Result, Site};
use std::collections::HashMap;
use wit_parser::{ParseErrorKind, Resolve, Span, UnresolvedPackageGroup};

/// Packages of one run, which may use each other.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    sources: Sources,
}

impl Batch {
    /// Adds a package, by the paths and texts of its files, and returns its number.
    pub fn add(&mut self, files: impl IntoIterator<Item = (String, String)>) -> usize {
        self.sources.add(files)
    }

    /// Parses one package. Fails with its syntax errors, at most one for each file, or else with
    /// the one error of the package as a whole.
    pub fn parse(&self, package: usize) -> Result<UnresolvedPackageGroup> {
        let (map, error) = match self.sources.source_map(package).parse() {
            Ok(group) => return Ok(group),
            Err(e) => e,
        };
        let alone = self.sources.only(package);
        let mut all = Vec::new();
        for path in alone.main_files() {
            let mut file = Sources::default();
            file.add([(path.clone(), alone.text(path).to_owned())]);
            if let Err((map, e)) = file.source_map(0).parse() {
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
        let mut resolve = features.open();
        let mut groups = groups.into_iter().map(|mut group| {
            features.drop_closed_uses(&mut group);
            group
        });
        if let Some(main) = groups.next() {
            if let Err(e) = resolve.push_groups(main, groups.collect()) {
                let map = &resolve.source_map;
                return Err(diagnose::resolve_error(None, &self.sources, map, e.kind()));
            }
        }
        Ok(resolve)
    }

    /// The site of a span of a resolved package.
    pub fn site(&self, resolve: &Resolve, span: Span) -> Option<Site> {
        let (_, site) = self.sources.site(&resolve.source_map, span)?;
        Some(site)
    }

    /// Resolves packages with all features, and returns the number and the error of each that
    /// does not resolve.
    ///
    /// In `order`, a package comes after the packages that it uses. `uses(a, b)` says whether
    /// package `a` uses package `b`; users of a package with an error are skipped.
    pub fn resolve(
        &self,
        order: Vec<(usize, UnresolvedPackageGroup)>,
        uses: impl Fn(usize, usize) -> bool,
    ) -> Vec<(usize, Failure)> {
        let mut failed: Vec<(usize, Failure)> = Vec::new();
        let numbers: Vec<usize> = order.iter().map(|(package, _)| *package).collect();
        let mut parsed: HashMap<usize, UnresolvedPackageGroup> = order.into_iter().collect();
        // After an error, the state of the library is unusable: start again without the package
        // at fault. Give up after 20 errors.
        for _ in 0..20 {
            let mut out: Vec<usize> = failed.iter().map(|(i, _)| *i).collect();
            let mut resolve = Resolve::new();
            resolve.all_features = true;
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
                    Some(group) => group,
                    None => match self.parse(*package) {
                        Ok(group) => group,
                        Err(e) => {
                            error = Some((*package, e));
                            break;
                        }
                    },
                };
                if let Err(e) = resolve.push_group(group) {
                    let map = &resolve.source_map;
                    let e = diagnose::resolve_error(None, &self.sources, map, e.kind());
                    error = Some((*package, e));
                    break;
                }
            }
            match error {
                Some(e) => failed.push(e),
                None => break,
            }
        }
        failed
    }
}
