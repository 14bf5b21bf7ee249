//! A limit on includes.
//!
//! A world has a copy of all items of the worlds that it includes, so worlds that include each other
//! in a chain have a number of items that is the square of their number.

use crate::sources::Sources;
use rules_wit_common::{Diagnostic, Failure};
use std::collections::HashMap;
use wit_parser::{AstItem, PackageName, Span, UnresolvedPackageGroup, WorldId};

/// The maximum number of items of all worlds of a run, with those that they include.
const LIMIT: usize = 200_000;

/// A world: its package and name.
type Key = (PackageName, String);

/// A world that is not resolved yet.
struct World {
    /// The number of its group.
    group: usize,
    /// The number of its own imports and exports.
    own: usize,
    includes: Vec<Key>,
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
    let mut total: usize = 0;
    for key in keys {
        size(&worlds, key, all, &mut sizes);
        let world = &worlds[key];
        if world.includes.is_empty() {
            continue;
        }
        total = total.saturating_add(sizes.get(key).copied().unwrap_or(0));
        if total > LIMIT {
            let d = Diagnostic::new(format!(
                "world `{}` includes too many items: with includes, all worlds have over {LIMIT}",
                key.1
            ));
            let group = groups.into_iter().nth(world.group)?;
            let d = match sources.site(&group.source_map, world.span) {
                Some((_, site)) => d.site(site),
                None => d,
            };
            let d = d.hint("include fewer worlds, or put the items into interfaces");
            return Some((world.group, d.into()));
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
                    includes: world.includes.iter().map(|i| key(i.id)).collect(),
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
            let included = world.includes.iter().filter_map(|i| sizes.get(i));
            let sum = included.fold(world.own, |sum, n| sum.saturating_add(*n));
            sizes.insert(key, sum.min(all));
        } else if !sizes.contains_key(key) {
            // Worlds in a cycle are reported elsewhere.
            sizes.insert(key, 0);
            open.push((key, true));
            open.extend(world.includes.iter().map(|include| (include, false)));
        }
    }
}
