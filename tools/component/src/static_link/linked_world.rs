//! The world of the linked module: it imports what no library exports, and exports what is asked
//! for.

use super::argument_copy::ArgumentCopy;
use super::library_worlds::{defined, functions, resources, Worlds};
use super::object::Object;
use super::provided::Provided;
use crate::types::find;
use rules_wit_common::{Diagnostic, Failure, Result};
use std::collections::{BTreeMap, BTreeSet};
use wit_parser::{
    InterfaceId, Package, PackageName, Resolve, Type, TypeDefKind, TypeOwner, World, WorldId,
    WorldItem, WorldKey,
};
use wit_source::Loaded;

/// The hint for libraries that cannot be linked statically.
pub const LINK_COMPONENTS: &str = "link the libraries as components, and use `component lower`";

/// Imports or exports, by their names in core modules.
type Items = BTreeMap<String, (WorldKey, WorldItem)>;

/// The world of the module.
pub struct LinkedWorld {
    /// The world in the `Resolve` of all worlds.
    pub id: WorldId,
    /// The names of its exports in core modules.
    pub exports: BTreeSet<String>,
    /// Whether it passes buffers to or from the host.
    pub needs_memory: bool,
}

/// Determines the world of the module, and adds it to those of the libraries. Without `world`, it
/// exports what no library imports from another.
pub fn choose(
    world: Option<&(Loaded, WorldId)>,
    worlds: &mut Worlds,
    provided: &Provided,
    objects: &[Object],
) -> Result<LinkedWorld> {
    let resolve = &worlds.resolve;
    let mut imports = Items::new();
    let mut consumed = BTreeSet::new();
    for (library, world) in worlds.worlds.iter().enumerate() {
        let Some(world) = world else { continue };
        for (key, item) in &resolve.worlds[*world].imports {
            let name = resolve.name_world_key(key);
            match provided.find(library, &name) {
                Some((name, _)) => {
                    consumed.insert(name.to_owned());
                }
                None => {
                    imports.insert(name, (key.clone(), item.clone()));
                }
            }
        }
    }
    let wanted = world.map(|(loaded, id)| Wanted::new(loaded, *id));
    let mut exports = Items::new();
    for (name, export) in provided.iter() {
        let is_wanted = match &wanted {
            Some(wanted) => wanted.exports.contains(name),
            None => !consumed.contains(name),
        };
        let world = worlds.worlds.get(export.library).copied().flatten();
        let item = world.and_then(|w| resolve.worlds[w].exports.get(&export.key));
        if let (true, Some(item)) = (is_wanted, item) {
            exports.insert(name.clone(), (export.key.clone(), item.clone()));
        }
    }
    if let Some(wanted) = &wanted {
        wanted.check(&imports, &exports, objects)?;
    }
    check_resources(resolve, &exports, &consumed)?;
    import_types(resolve, &mut imports, &exports, provided, &consumed)?;

    let needs_memory = {
        let copies = ArgumentCopy::new(resolve);
        let items = imports.values().chain(exports.values());
        functions(resolve, items.map(|(key, item)| (key, item)))
            .iter()
            .any(|item| {
                let types = item.func.params.iter().map(|p| &p.ty);
                // More parameters are passed in memory.
                item.func.params.len() > 16
                    || types
                        .chain(&item.func.result)
                        .any(|ty| copies.has_buffers(ty))
            })
    };
    let names = exports.keys().cloned().collect();
    Ok(LinkedWorld {
        id: add(&mut worlds.resolve, imports, exports),
        exports: names,
        needs_memory,
    })
}

/// The names in the world that is asked for.
struct Wanted {
    name: String,
    imports: BTreeSet<String>,
    exports: BTreeSet<String>,
}

impl Wanted {
    fn new(loaded: &Loaded, id: WorldId) -> Self {
        let resolve = &loaded.resolve;
        let names = |items: &wit_parser::IndexMap<WorldKey, WorldItem>| {
            items
                .keys()
                .map(|key| resolve.name_world_key(key))
                .collect()
        };
        let world = &resolve.worlds[id];
        Wanted {
            name: world.name.clone(),
            imports: names(&world.imports),
            exports: names(&world.exports),
        }
    }

    /// Checks that all exports exist, and that all imports are in the world.
    fn check(&self, imports: &Items, exports: &Items, objects: &[Object]) -> Result<()> {
        let list = |names: Vec<&String>| {
            names
                .iter()
                .map(|n| format!("`{n}`"))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let libraries: Vec<&str> = objects.iter().map(|o| o.shown.as_str()).collect();
        let mut problems = Vec::new();
        let missing: Vec<_> = self
            .exports
            .iter()
            .filter(|n| !exports.contains_key(*n))
            .collect();
        if !missing.is_empty() {
            problems.push(
                Diagnostic::new(format!(
                    "world `{}` exports {}, but no library does",
                    self.name,
                    list(missing)
                ))
                .note(format!("linked libraries: {}", libraries.join(", ")))
                .hint("add the library that exports it, or choose another world"),
            );
        }
        let foreign: Vec<_> = imports
            .iter()
            .filter(|(name, (_, item))| {
                !matches!(item, WorldItem::Type { .. })
                    && find(self.imports.iter().map(String::as_str), name).is_none()
            })
            .map(|(name, _)| name)
            .collect();
        if !foreign.is_empty() {
            problems.push(
                Diagnostic::new(format!(
                    "the libraries import {}, but world `{}` does not",
                    list(foreign),
                    self.name
                ))
                .note(format!("linked libraries: {}", libraries.join(", ")))
                .hint("add the library that exports it, or import it in the world"),
            );
        }
        Failure::from_all(problems).map_or(Ok(()), Err)
    }
}

/// Refuses exported resources that a library uses: between libraries a handle is an address, for
/// the host it is a number of the host's.
fn check_resources(resolve: &Resolve, exports: &Items, consumed: &BTreeSet<String>) -> Result<()> {
    for (name, (key, item)) in exports {
        let resources = resources(resolve, key, item);
        if let (true, Some((_, resource))) = (consumed.contains(name), resources.first()) {
            return Err(Diagnostic::new(format!(
                "`{name}` cannot be exported: a library uses its resource `{resource}`"
            ))
            .hint(LINK_COMPONENTS)
            .into());
        }
    }
    Ok(())
}

/// Imports the interfaces whose types others use. For a resource of another library that is not
/// possible: its interface would have to be exported.
fn import_types(
    resolve: &Resolve,
    imports: &mut Items,
    exports: &Items,
    provided: &Provided,
    consumed: &BTreeSet<String>,
) -> Result<()> {
    let mut work: Vec<(String, InterfaceId)> = Vec::new();
    let interface = |(name, (_, item)): (&String, &(WorldKey, WorldItem))| match item {
        WorldItem::Interface { id, .. } => Some((name.clone(), *id)),
        _ => None,
    };
    work.extend(imports.iter().filter_map(interface));
    work.extend(exports.iter().filter_map(interface));
    while let Some((user, id)) = work.pop() {
        for ty in resolve.interfaces[id].types.values() {
            let TypeDefKind::Type(Type::Id(used)) = resolve.types[*ty].kind else {
                continue;
            };
            let TypeOwner::Interface(owner) = resolve.types[used].owner else {
                continue;
            };
            let key = WorldKey::Interface(owner);
            let name = resolve.name_world_key(&key);
            if owner == id || imports.contains_key(&name) || exports.contains_key(&name) {
                continue;
            }
            let used_type = &resolve.types[defined(resolve, used)];
            let is_resource = matches!(used_type.kind, TypeDefKind::Resource);
            if is_resource && provided.contains(&name) {
                // A resource that a library uses cannot be exported.
                let hint = match consumed.contains(&name) {
                    true => LINK_COMPONENTS.to_owned(),
                    false => format!("export `{name}` too, with a `--world` that does"),
                };
                let resource = resolve.types[used].name.clone().unwrap_or_default();
                return Err(Diagnostic::new(format!(
                    "`{user}` uses the resource `{resource}` of `{name}`, which is not exported"
                ))
                .hint(hint)
                .into());
            }
            let item = WorldItem::Interface {
                id: owner,
                stability: Default::default(),
                docs: Default::default(),
                external_id: None,
                span: Default::default(),
            };
            imports.insert(name.clone(), (key, item));
            work.push((name, owner));
        }
    }
    Ok(())
}

/// Adds the world `root:linked/root`.
fn add(resolve: &mut Resolve, imports: Items, exports: Items) -> WorldId {
    let name = PackageName {
        namespace: "root".to_owned(),
        name: "linked".to_owned(),
        version: None,
    };
    let package = resolve.packages.alloc(Package {
        name: name.clone(),
        docs: Default::default(),
        interfaces: Default::default(),
        worlds: Default::default(),
    });
    resolve.package_names.insert(name, package);
    let world = resolve.worlds.alloc(World {
        name: "root".to_owned(),
        imports: imports.into_values().collect(),
        exports: exports.into_values().collect(),
        package: Some(package),
        docs: Default::default(),
        stability: Default::default(),
        includes: Default::default(),
        span: Default::default(),
    });
    resolve.packages[package]
        .worlds
        .insert("root".to_owned(), world);
    world
}
