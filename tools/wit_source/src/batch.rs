//! Many packages in one run, each from texts in memory.

use crate::load::{drop_closed_uses, Features, Sources};
use crate::{diagnose, LABEL_PREFIX};
use rules_wit_common::{Failure, Result, Site};
use std::collections::HashMap;
use wit_parser::{ParseErrorKind, Resolve, Span, UnresolvedPackageGroup};

/// Packages that may use each other.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    sources: Sources,
}

impl Batch {
    /// Adds a package, by the paths and texts of its files, and gives its number.
    pub fn add(&mut self, files: impl IntoIterator<Item = (String, String)>) -> usize {
        self.sources.add(files)
    }

    /// Parses one package. On failure gives every syntax error, at most one for a file, or else
    /// the one error that the package has as a whole.
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

    /// Resolves packages in any order, with some features.
    pub fn resolve_all(
        &self,
        groups: Vec<UnresolvedPackageGroup>,
        features: &Features,
    ) -> Result<Resolve> {
        let mut resolve = features.open();
        let mut groups = groups.into_iter().map(|mut group| {
            drop_closed_uses(&mut group, features);
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

    /// The place of a span of packages that were resolved.
    pub fn site(&self, resolve: &Resolve, span: Span) -> Option<Site> {
        let (_, site) = self.sources.site(&resolve.source_map, span)?;
        Some(site)
    }

    /// Resolves packages, each behind those that it uses, with all features. Gives the numbers and
    /// errors of those that do not resolve; who uses one of these is left out, as `uses` tells.
    pub fn resolve(
        &self,
        order: Vec<(usize, UnresolvedPackageGroup)>,
        uses: impl Fn(usize, usize) -> bool,
    ) -> Vec<(usize, Failure)> {
        let mut failed: Vec<(usize, Failure)> = Vec::new();
        let numbers: Vec<usize> = order.iter().map(|(package, _)| *package).collect();
        let mut parsed: HashMap<usize, UnresolvedPackageGroup> = order.into_iter().collect();
        // After a failure the library's state is of no use, and everything is done again without
        // the package at fault: so many times at most.
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
                // Parsing again what is needed again costs less than a copy of all, just in case.
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

impl Sources {
    fn add(&mut self, files: impl IntoIterator<Item = (String, String)>) -> usize {
        let mut group = Vec::new();
        for (path, text) in files {
            let label = text.lines().next();
            if let Some(label) = label.and_then(|l| l.strip_prefix(LABEL_PREFIX)) {
                self.labels.insert(path.clone(), label.trim().to_owned());
            }
            self.texts.insert(path.clone(), text);
            group.push(path);
        }
        group.sort();
        self.groups.push(group);
        self.groups.len() - 1
    }

    /// One package alone.
    fn only(&self, package: usize) -> Sources {
        let mut out = Sources::default();
        let paths = self.groups.get(package).into_iter().flatten();
        out.add(paths.map(|p| (p.clone(), self.text(p).to_owned())));
        out
    }
}
