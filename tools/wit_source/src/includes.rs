//! Limits on includes.
//!
//! A world has a copy of all items of the worlds that it includes, so worlds that include each other
//! in a chain have a number of items that is the square of their number. Of an include with new names,
//! the library looks up each item in the list of names.

use crate::sources::Sources;
use rules_wit_common::{Diagnostic, Failure};
use std::collections::HashMap;
use wit_parser::{AstItem, PackageName, Span, UnresolvedPackageGroup, WorldId};

/// The maximum number of items of all worlds of a run, with those that they include.
const LIMIT: usize = 200_000;

/// The maximum number of comparisons with new names: of each include, its names times its items.
const MAX_COMPARISONS: usize = 20_000_000;

/// A world: its package and name.
type Key = (PackageName, String);

/// A world that is not resolved yet.
struct World {
    /// The number of its group.
    group: usize,
    /// The number of its own imports and exports.
    own: usize,
    /// The included worlds, each with the number of its new names.
    includes: Vec<(Key, usize)>,
    span: Span,
}

/// Returns the number of the first group with a world that exceeds the limit, and the error.
pub(crate) fn check<'a>(
    sources: &Sources,
    groups: impl IntoIterator<Item = &'a UnresolvedPackageGroup> + Clone,
) -> Option<(usize, Failure)> {
    let worlds = worlds(groups.clone());
    let all = worlds
        .values()
        .fold(0, |sum: usize, w| sum.saturating_add(w.own));
    let mut sizes: HashMap<&Key, usize> = HashMap::new();
    let mut keys: Vec<&Key> = worlds.keys().collect();
    keys.sort();
    let (mut total, mut comparisons): (usize, usize) = (0, 0);
    for key in keys {
        size(&worlds, key, all, &mut sizes);
        let world = &worlds[key];
        if world.includes.is_empty() {
            continue;
        }
        let size_of = |key: &Key| sizes.get(key).copied().unwrap_or(0);
        total = total.saturating_add(size_of(key));
        for (include, names) in &world.includes {
            comparisons = comparisons.saturating_add(size_of(include).saturating_mul(*names));
        }
        let excess = match (total > LIMIT, comparisons > MAX_COMPARISONS) {
            (true, _) => Some((
                format!("includes too many items: with includes, all worlds have over {LIMIT}"),
                "include fewer worlds, or put the items into interfaces",
            )),
            (_, true) => Some((
                "gives new names to too many included items".to_owned(),
                "include the world without new names, or put the items into interfaces",
            )),
            _ => None,
        };
        if let Some((what, hint)) = excess {
            let d = Diagnostic::new(format!("world `{}` {what}", key.1));
            let group = groups.into_iter().nth(world.group)?;
            let d = match sources.site(&group.source_map, world.span) {
                Some((_, site)) => d.site(site),
                None => d,
            };
            return Some((world.group, d.hint(hint).into()));
        }
    }
    None
}

fn worlds<'a>(groups: impl IntoIterator<Item = &'a UnresolvedPackageGroup>) -> HashMap<Key, World> {
    let mut out = HashMap::new();
    for (number, group) in groups.into_iter().enumerate() {
        for package in std::iter::once(&group.main).chain(&group.nested) {
            let mut foreign: HashMap<WorldId, Key> = HashMap::new();
            for (name, items) in &package.foreign_deps {
                for (item, (ast, _)) in items {
                    if let AstItem::World(id) = ast {
                        foreign.insert(*id, (name.clone(), item.clone()));
                    }
                }
            }
            for (id, world) in package.worlds.iter() {
                if foreign.contains_key(&id) {
                    continue;
                }
                let key = |id: WorldId| match foreign.get(&id) {
                    Some(key) => key.clone(),
                    None => (package.name.clone(), package.worlds[id].name.clone()),
                };
                let unresolved = World {
                    group: number,
                    own: world.imports.len() + world.exports.len() + 1,
                    includes: (world.includes.iter())
                        .map(|include| (key(include.id), include.names.len()))
                        .collect(),
                    span: world.span,
                };
                out.insert((package.name.clone(), world.name.clone()), unresolved);
            }
        }
    }
    out
}

/// Finds an upper bound for the number of items of a world with its includes: their sum, at most all
/// items that there are. Iterative, because a chain of worlds can be long.
fn size<'a>(
    worlds: &'a HashMap<Key, World>,
    key: &'a Key,
    all: usize,
    sizes: &mut HashMap<&'a Key, usize>,
) {
    let mut open = vec![(key, false)];
    while let Some((key, is_done)) = open.pop() {
        let Some(world) = worlds.get(key) else {
            continue;
        };
        if is_done {
            let included = world.includes.iter().filter_map(|(i, _)| sizes.get(i));
            let sum = included.fold(world.own, |sum, n| sum.saturating_add(*n));
            sizes.insert(key, sum.min(all));
        } else if !sizes.contains_key(key) {
            // Worlds in a cycle are reported elsewhere.
            sizes.insert(key, 0);
            open.push((key, true));
            open.extend(world.includes.iter().map(|(include, _)| (include, false)));
        }
    }
}
