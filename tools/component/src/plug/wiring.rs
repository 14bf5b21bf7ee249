//! Decides which export fills which import.

use crate::types::{unversioned, version};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};
use wac_graph::types::{are_semver_compatible, ItemKind, SubtypeChecker, Types, World};

/// An item of a part: the numbers of the part, and of the item among its imports or exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Item {
    pub part: usize,
    pub item: usize,
}

/// An export that fills an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    pub import: Item,
    pub export: Item,
}

/// Why an export with the name of an import does not fill it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// It has another type.
    Type,
    /// Its part needs the importer itself.
    Cycle,
    /// Another export is preferred.
    Other,
}

/// An import, and the exports of its name in compatible versions.
#[derive(Debug)]
pub struct Choice {
    pub import: Item,
    /// The export that fills it.
    pub chosen: Option<Item>,
    /// The others.
    pub rejected: Vec<(Item, Rejected)>,
}

/// Which export fills which import.
pub struct Wiring {
    /// The imports with exports of their name, in the order of the parts.
    pub choices: Vec<Choice>,
    /// The parts that the socket uses, directly or through others, and the socket.
    pub used: BTreeSet<usize>,
}

impl Wiring {
    /// Chooses an export for each import of the parts; the first part is the socket. Of the exports
    /// that fit, one of the import's version is preferred, then newer versions, then older ones; then
    /// the first part. A middleware, which imports what it exports, is preferred to the parts after it
    /// in any version, so a chain of them has the order of the parts. Exports of parts that need the
    /// importer are left out.
    pub fn of(types: &Types, parts: &[&World]) -> Self {
        let mut by_name: HashMap<&str, Vec<Item>> = HashMap::new();
        for (part, exporter) in parts.iter().enumerate().skip(1) {
            for (item, name) in exporter.exports.keys().enumerate() {
                let same = by_name.entry(unversioned(name)).or_default();
                same.push(Item { part, item });
            }
        }
        let mut cache = HashSet::new();
        let mut uses: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); parts.len()];
        let mut choices = Vec::new();
        for (part, importer) in parts.iter().enumerate() {
            for (item, (name, wanted)) in importer.imports.iter().enumerate() {
                let same = by_name.get(unversioned(name)).into_iter().flatten();
                let mut candidates: Vec<(&str, ItemKind, Item)> = same
                    .filter(|export| export.part != part)
                    .filter_map(|export| {
                        let (name, given) = parts[export.part].exports.get_index(export.item)?;
                        Some((name.as_str(), *given, *export))
                    })
                    .filter(|(export, ..)| are_semver_compatible(export, name))
                    .collect();
                if candidates.is_empty() {
                    continue;
                }
                candidates.sort_by_cached_key(|(export, _, at)| {
                    let tier = tier(importer, name, export);
                    let in_front = closest(parts[at.part], export).is_some()
                        && closest(importer, export) == Some(item);
                    let first = if in_front { 0 } else { tier };
                    (first, at.part, tier, Reverse(version(export)), at.item)
                });
                let mut choice = Choice {
                    import: Item { part, item },
                    chosen: None,
                    rejected: Vec::new(),
                };
                for (_, given, export) in candidates {
                    let why = if !fits(types, given, *wanted, &mut cache) {
                        Rejected::Type
                    } else if choice.chosen.is_some() {
                        Rejected::Other
                    } else if part > 0 && reachable(&uses, export.part).contains(&part) {
                        Rejected::Cycle
                    } else {
                        uses[part].insert(export.part);
                        choice.chosen = Some(export);
                        continue;
                    };
                    choice.rejected.push((export, why));
                }
                choices.push(choice);
            }
        }
        let used = reachable(&uses, 0);
        Wiring { choices, used }
    }

    /// The exports that fill imports of parts that are used.
    pub fn fills(&self) -> impl Iterator<Item = Fill> + '_ {
        self.in_use().filter_map(|choice| {
            let import = choice.import;
            choice.chosen.map(|export| Fill { import, export })
        })
    }

    /// The imports of parts that are used.
    pub fn in_use(&self) -> impl Iterator<Item = &Choice> {
        let choices = self.choices.iter();
        choices.filter(|choice| self.used.contains(&choice.import.part))
    }

    /// The exports that fill an import of the socket whose name is the closest to theirs; there are
    /// no others for wac.
    pub fn closest<'a>(&'a self, parts: &'a [&World]) -> impl Iterator<Item = Fill> + 'a {
        self.fills().filter(|fill| {
            fill.import.part == 0 && closest_of_socket(parts, fill.export) == Some(fill.import.item)
        })
    }

    /// The last part of the chain that begins with an export: it does not import what it exports, or
    /// nothing provides that import.
    pub fn end_of_chain(&self, parts: &[&World], export: Item) -> usize {
        let mut part = export.part;
        let Some(exported) = name(parts, export) else {
            return part;
        };
        let next = |part: usize| {
            let import = closest(parts[part], exported)?;
            let own = |choice: &&Choice| choice.import == Item { part, item: import };
            let choice = self.choices.iter().find(own)?;
            choice.chosen.map(|chosen| chosen.part)
        };
        // A chain has no part twice.
        while let Some(behind) = next(part) {
            part = behind;
        }
        part
    }

    /// The exports of unused parts that fit the closest import of the socket, but which another part
    /// fills with an export of the same name: which of the two is meant is open.
    pub fn ambiguous<'a>(
        &'a self,
        parts: &'a [&World],
    ) -> impl Iterator<Item = (&'a Choice, Item)> + 'a {
        let of_socket = self.choices.iter().filter(|choice| choice.import.part == 0);
        of_socket.flat_map(move |choice| {
            let rejected = choice.rejected.iter().filter(|(export, why)| {
                *why == Rejected::Other
                    && !self.used.contains(&export.part)
                    && closest_of_socket(parts, *export) == Some(choice.import.item)
                    && choice
                        .chosen
                        .is_some_and(|chosen| name(parts, chosen) == name(parts, *export))
            });
            rejected.map(move |(export, _)| (choice, *export))
        })
    }
}

/// The import of the socket that is the closest to an export.
fn closest_of_socket(parts: &[&World], export: Item) -> Option<usize> {
    closest(parts.first()?, name(parts, export)?)
}

/// The import with the name of an export, else the first one of a compatible version.
fn closest(importer: &World, export: &str) -> Option<usize> {
    let same = importer.imports.get_index_of(export);
    same.or_else(|| {
        let mut names = importer.imports.keys();
        names.position(|import| are_semver_compatible(import, export))
    })
}

/// The name of an export.
fn name<'a>(parts: &[&'a World], export: Item) -> Option<&'a String> {
    let export = parts[export.part].exports.get_index(export.item);
    export.map(|(name, _)| name)
}

/// How well the version of an export suits an import; lower is better.
fn tier(importer: &World, import: &str, export: &str) -> u8 {
    if export == import {
        0
    } else if importer.imports.contains_key(export) {
        // It is closer to that import.
        3
    } else if version(export) >= version(import) {
        1
    } else {
        2
    }
}

fn fits(
    types: &Types,
    given: ItemKind,
    wanted: ItemKind,
    cache: &mut HashSet<(ItemKind, ItemKind)>,
) -> bool {
    let mut checker = SubtypeChecker::new(cache);
    checker.is_subtype(given, types, wanted, types).is_ok()
}

/// A part, and those that it uses, directly or through others.
fn reachable(uses: &[BTreeSet<usize>], part: usize) -> BTreeSet<usize> {
    let mut seen = BTreeSet::from([part]);
    let mut todo = vec![part];
    while let Some(next) = todo.pop() {
        todo.extend(uses[next].iter().filter(|part| seen.insert(**part)));
    }
    seen
}
