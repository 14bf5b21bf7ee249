//! Compares the identity of resources, which their types do not tell apart.

use super::differences::find;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use wac_graph::types::{ItemKind, ResourceId, Type, Types, ValueType, WorldId};

/// An occurrence of a resource in a world.
#[derive(Clone, Copy)]
struct Occurrence<'a> {
    import: bool,
    /// The import or export.
    item: &'a str,
    /// Its name in the interface; empty if the item is the resource itself.
    name: &'a str,
    resource: ResourceId,
}

/// The exports of a component with a wrong resource, and the reason: occurrences of one resource in
/// the world must be occurrences of one resource in the component.
///
/// The component must have all that the world requires, of the right types.
pub fn mismatches(types: &Types, component: WorldId, world: WorldId) -> Vec<(String, String)> {
    let wanted = occurrences(types, world);
    let found = occurrences(types, component);
    let at = |occurrence: &Occurrence| {
        let side = found.iter().filter(|p| p.import == occurrence.import);
        let item = find(side.clone().map(|p| p.item), occurrence.item)?;
        let mut there = side.filter(|p| p.item == item && p.name == occurrence.name);
        there.next().map(|p| p.resource)
    };
    // For each resource of the world: its first occurrence, and the component's resources at all of
    // them.
    let mut seen: HashMap<ResourceId, (Occurrence, HashSet<ResourceId>)> = HashMap::new();
    let mut out = Vec::new();
    for occurrence in &wanted {
        let Some(own) = at(occurrence) else {
            // The component may leave out imports.
            seen.entry(occurrence.resource)
                .or_insert((*occurrence, HashSet::new()));
            continue;
        };
        let (first, there) = match seen.entry(occurrence.resource) {
            Entry::Vacant(entry) => {
                entry.insert((*occurrence, HashSet::from([own])));
                continue;
            }
            Entry::Occupied(entry) => entry.into_mut(),
        };
        if there.contains(&own) {
            continue;
        }
        if occurrence.import {
            there.insert(own);
            continue;
        }
        let of = if first.import { "import" } else { "export" };
        let name = match occurrence.name {
            "" => occurrence.item,
            name => name,
        };
        let why = format!(
            "resource `{name}` differs from that of {of} `{}`",
            first.item
        );
        out.push((occurrence.item.to_owned(), why));
    }
    out
}

/// The occurrences of resources in a world, those in imports first.
fn occurrences(types: &Types, world: WorldId) -> Vec<Occurrence<'_>> {
    let world = &types[world];
    let imports = world.imports.iter().map(|item| (true, item));
    let exports = world.exports.iter().map(|item| (false, item));
    let mut out = Vec::new();
    for (import, (item, kind)) in imports.chain(exports) {
        let mut add = |name, kind: &ItemKind| {
            let id = match kind {
                ItemKind::Type(Type::Resource(id)) => *id,
                // A name for handles stands for the resource too.
                ItemKind::Type(Type::Value(ty)) => match types.resolve_value_type(*ty) {
                    ValueType::Own(id) | ValueType::Borrow(id) => id,
                    _ => return,
                },
                _ => return,
            };
            out.push(Occurrence {
                import,
                item,
                name,
                resource: types.resolve_resource(id),
            });
        };
        match kind {
            ItemKind::Instance(id) | ItemKind::Type(Type::Interface(id)) => {
                for (name, kind) in &types[*id].exports {
                    add(name, kind);
                }
            }
            kind => add("", kind),
        }
    }
    out
}
