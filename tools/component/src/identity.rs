//! Which resource is which: types of two resources are alike, and still not the same.

use crate::types::find;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use wac_graph::types::{ItemKind, ResourceId, Type, Types, ValueType, WorldId};

/// Where a world has a resource.
#[derive(Clone, Copy)]
struct Place<'a> {
    import: bool,
    /// The import or export.
    item: &'a str,
    /// Its name in the interface; empty where it is imported or exported itself.
    name: &'a str,
    resource: ResourceId,
}

/// The exports of a component in which a resource is another than the world says, each with why:
/// what is one resource in the world has to be one in the component.
///
/// The component has what the world asks for, of the right types.
pub fn mixed_up(types: &Types, component: WorldId, world: WorldId) -> Vec<(String, String)> {
    let wanted = places(types, world);
    let found = places(types, component);
    let at = |place: &Place| {
        let side = found.iter().filter(|p| p.import == place.import);
        let item = find(side.clone().map(|p| p.item), place.item)?;
        let mut there = side.filter(|p| p.item == item && p.name == place.name);
        there.next().map(|p| p.resource)
    };
    // Of each resource of the world: the first place, and what the component has at all of them.
    let mut seen: HashMap<ResourceId, (Place, HashSet<ResourceId>)> = HashMap::new();
    let mut out = Vec::new();
    for place in &wanted {
        let Some(own) = at(place) else {
            // The component need not import each interface that has the resource.
            seen.entry(place.resource)
                .or_insert((*place, HashSet::new()));
            continue;
        };
        let (first, there) = match seen.entry(place.resource) {
            Entry::Vacant(entry) => {
                entry.insert((*place, HashSet::from([own])));
                continue;
            }
            Entry::Occupied(entry) => entry.into_mut(),
        };
        if there.contains(&own) {
            continue;
        }
        if place.import {
            there.insert(own);
            continue;
        }
        let of = if first.import { "import" } else { "export" };
        let name = match place.name {
            "" => place.item,
            name => name,
        };
        let why = format!("resource `{name}` is not that of {of} `{}`", first.item);
        out.push((place.item.to_owned(), why));
    }
    out
}

/// The resources of a world, those of imports first.
fn places(types: &Types, world: WorldId) -> Vec<Place<'_>> {
    let world = &types[world];
    let imports = world.imports.iter().map(|item| (true, item));
    let exports = world.exports.iter().map(|item| (false, item));
    let mut out = Vec::new();
    for (import, (item, kind)) in imports.chain(exports) {
        let mut add = |name, kind: &ItemKind| {
            let id = match kind {
                ItemKind::Type(Type::Resource(id)) => *id,
                // A name for handles stands for the resource, too.
                ItemKind::Type(Type::Value(ty)) => match types.resolve_value_type(*ty) {
                    ValueType::Own(id) | ValueType::Borrow(id) => id,
                    _ => return,
                },
                _ => return,
            };
            out.push(Place {
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
