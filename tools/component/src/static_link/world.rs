//! The world of what is linked: what no library has is imported, what is asked for is exported.

use super::link::Provided;
use super::object::Object;
use super::worlds::Worlds;
use crate::named_world::NamedWorld;
use crate::types::find;
use rules_wit_common::{Diagnostic, Failure, Result};
use std::collections::{BTreeMap, BTreeSet};
use wit_parser::{
    InterfaceId, Package, PackageName, Resolve, Type, TypeDefKind, TypeOwner, World, WorldId,
    WorldItem, WorldKey,
};

/// What to do with libraries that cannot be linked as they are.
pub const COMPONENTS: &str = "link the libraries as components, and use `component lower`";

/// The world of the module.
pub struct Chosen {
    /// In the `Resolve` of all.
    pub world: WorldId,
    /// The names of what it exports, as core modules have them.
    pub exports: BTreeSet<String>,
    /// Whether somebody outside has to give or take blocks of memory.
    pub needs_memory: bool,
}

/// Decides on the world, and adds it to the others.
pub fn result(
    label: Option<&str>,
    args: &NamedWorld,
    worlds: &mut Worlds,
    provided: &BTreeMap<String, Provided>,
    objects: &[Object],
) -> Result<Chosen> {
    let resolve = &worlds.resolve;
    let mut imports: BTreeMap<String, (WorldKey, WorldItem)> = BTreeMap::new();
    let mut consumed = BTreeSet::new();
    for (library, world) in worlds.worlds.iter().enumerate() {
        let Some(world) = world else { continue };
        for (key, item) in &resolve.worlds[*world].imports {
            let name = resolve.name_world_key(key);
            match provider(provided, library, &name) {
                Some((name, _)) => {
                    consumed.insert(name.to_owned());
                }
                None => {
                    imports.insert(name, (key.clone(), item.clone()));
                }
            }
        }
    }
    let wanted = Wanted::read(label, args)?;
    let mut exports = BTreeMap::new();
    for (name, provided) in provided {
        let is_wanted = match &wanted {
            Some(wanted) => wanted.exports.contains(name),
            None => !consumed.contains(name),
        };
        let world = worlds.worlds.get(provided.library).copied().flatten();
        let item = world.and_then(|w| resolve.worlds[w].exports.get(&provided.key));
        if let (true, Some(item)) = (is_wanted, item) {
            exports.insert(name.clone(), (provided.key.clone(), item.clone()));
        }
    }
    if let Some(wanted) = &wanted {
        wanted.check(&imports, &exports, objects)?;
    }
    handles(resolve, &exports, &consumed)?;
    types(resolve, &mut imports, &exports, provided, &consumed)?;

    let needs_memory = {
        let copies = super::copies::Copies::new(resolve);
        let items = imports.values().chain(exports.values());
        super::worlds::functions(resolve, items.map(|(key, item)| (key, item)))
            .iter()
            .any(|item| {
                let types = item.func.params.iter().map(|p| &p.ty);
                // Parameters that are too many for registers are in memory as well.
                item.func.params.len() > 16
                    || types
                        .chain(&item.func.result)
                        .any(|ty| copies.has_blocks(ty))
            })
    };
    let names = exports.keys().cloned().collect();
    Ok(Chosen {
        world: add(&mut worlds.resolve, imports, exports),
        exports: names,
        needs_memory,
    })
}

/// Who has what a library imports: not the library itself, which then passes something on.
pub fn provider<'a>(
    provided: &'a BTreeMap<String, Provided>,
    library: usize,
    name: &str,
) -> Option<(&'a str, &'a Provided)> {
    let names = provided
        .iter()
        .filter(|(_, p)| p.library != library)
        .map(|(name, _)| name.as_str());
    let (name, provided) = provided.get_key_value(find(names, name)?)?;
    Some((name, provided))
}

/// The names in the world that somebody asked for.
struct Wanted {
    name: String,
    imports: BTreeSet<String>,
    exports: BTreeSet<String>,
}

impl Wanted {
    fn read(label: Option<&str>, args: &NamedWorld) -> Result<Option<Self>> {
        let Some((loaded, id)) = args.load(label)? else {
            return Ok(None);
        };
        let resolve = &loaded.resolve;
        let names = |items: &wit_parser::IndexMap<WorldKey, WorldItem>| {
            items
                .keys()
                .map(|key| resolve.name_world_key(key))
                .collect()
        };
        let world = &resolve.worlds[id];
        Ok(Some(Wanted {
            name: world.name.clone(),
            imports: names(&world.imports),
            exports: names(&world.exports),
        }))
    }

    fn check(
        &self,
        imports: &BTreeMap<String, (WorldKey, WorldItem)>,
        exports: &BTreeMap<String, (WorldKey, WorldItem)>,
        objects: &[Object],
    ) -> Result<()> {
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
                    "world `{}` exports {}, which no library does",
                    self.name,
                    list(missing)
                ))
                .note(format!("linked are {}", libraries.join(", ")))
                .hint("add the library that has it, or take another world"),
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
                    "the libraries import {}, which world `{}` does not",
                    list(foreign),
                    self.name
                ))
                .note(format!("linked are {}", libraries.join(", ")))
                .hint("add the library that has it, or import it in the world"),
            );
        }
        Failure::from_all(problems).map_or(Ok(()), Err)
    }
}

/// A handle is a host's number for whom the host sees, and an address inside: it cannot be both.
fn handles(
    resolve: &Resolve,
    exports: &BTreeMap<String, (WorldKey, WorldItem)>,
    consumed: &BTreeSet<String>,
) -> Result<()> {
    for (name, (key, item)) in exports {
        let resources = super::worlds::resources(resolve, key, item);
        if let (true, Some((_, resource))) = (consumed.contains(name), resources.first()) {
            return Err(Diagnostic::new(format!(
                "`{name}` cannot be exported: a library uses its resource `{resource}`"
            ))
            .hint(COMPONENTS)
            .into());
        }
    }
    Ok(())
}

/// Imports the interfaces that others take types from. A resource is more than a type: who defines
/// it has to be seen too.
fn types(
    resolve: &Resolve,
    imports: &mut BTreeMap<String, (WorldKey, WorldItem)>,
    exports: &BTreeMap<String, (WorldKey, WorldItem)>,
    provided: &BTreeMap<String, Provided>,
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
            let is_resource = matches!(
                resolve.types[super::worlds::defined(resolve, used)].kind,
                TypeDefKind::Resource
            );
            if is_resource && provided.contains_key(&name) {
                // What a library uses cannot be exported as well.
                let hint = match consumed.contains(&name) {
                    true => COMPONENTS.to_owned(),
                    false => format!("export `{name}` too: name a world that does with `--world`"),
                };
                let resource = resolve.types[used].name.clone().unwrap_or_default();
                return Err(Diagnostic::new(format!(
                    "`{user}` has the resource `{resource}` of `{name}`, which is linked inside"
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
fn add(
    resolve: &mut Resolve,
    imports: BTreeMap<String, (WorldKey, WorldItem)>,
    exports: BTreeMap<String, (WorldKey, WorldItem)>,
) -> WorldId {
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
