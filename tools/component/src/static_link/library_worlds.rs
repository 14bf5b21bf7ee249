//! The worlds that objects carry, and their functions.

use super::object::Object;
use crate::error::causes;
use rules_wit_common::{Diagnostic, Result};
use std::collections::BTreeMap;
use wit_component::metadata::{decode, Bindgen};
use wit_component::StringEncoding;
use wit_parser::{Function, Resolve, TypeDefKind, TypeId, WorldId, WorldItem, WorldKey};

/// Whether an object carries its world.
pub fn has_world(bytes: &[u8]) -> bool {
    wasmparser::Parser::new(0).parse_all(bytes).any(|payload| {
        matches!(payload, Ok(wasmparser::Payload::CustomSection(s)) if s.name().starts_with("component-type"))
    })
}

/// Reads the world that an object carries, which bindings embed.
pub fn read_world(object: &Object) -> Result<Bindgen> {
    let (_, bindgen) = decode(&object.bytes).map_err(|e| world_error(object, e.as_ref()))?;
    Ok(bindgen)
}

fn world_error(object: &Object, e: &(dyn std::error::Error + 'static)) -> Diagnostic {
    Diagnostic::new(format!(
        "cannot read the world of `{}`: {}",
        object.shown,
        causes(e).join(": ")
    ))
    .hint("compile the bindings of one world into it, by a generator of this version")
}

/// A function of a world, as core modules call it.
pub struct Item<'a> {
    /// The name of the interface, or `$root`.
    pub module: String,
    /// The function.
    pub func: &'a Function,
}

impl Item<'_> {
    /// The name that a module exports it by.
    pub fn export_name(&self) -> String {
        match self.module.as_str() {
            "$root" => self.func.name.clone(),
            module => format!("{module}#{}", self.func.name),
        }
    }
}

/// The functions in imports or exports of a world.
pub fn functions<'a>(
    resolve: &'a Resolve,
    items: impl IntoIterator<Item = (&'a WorldKey, &'a WorldItem)>,
) -> Vec<Item<'a>> {
    let mut out = Vec::new();
    for (key, item) in items {
        match item {
            WorldItem::Function(func) => out.push(Item {
                module: "$root".to_owned(),
                func,
            }),
            WorldItem::Interface { id, .. } => {
                for func in resolve.interfaces[*id].functions.values() {
                    out.push(Item {
                        module: resolve.name_world_key(key),
                        func,
                    });
                }
            }
            WorldItem::Type { .. } => {}
        }
    }
    out
}

/// The module and the name of each resource that an exported item defines.
pub fn resources(resolve: &Resolve, key: &WorldKey, item: &WorldItem) -> Vec<(String, String)> {
    let WorldItem::Interface { id, .. } = item else {
        return Vec::new();
    };
    let module = resolve.name_world_key(key);
    resolve.interfaces[*id]
        .types
        .iter()
        .filter(|(_, id)| matches!(resolve.types[**id].kind, TypeDefKind::Resource))
        .map(|(name, _)| (module.clone(), name.clone()))
        .collect()
}

/// The names of the symbols that implement a world: required functions; and optional ones, which
/// free results and destroy resources.
pub fn wanted(resolve: &Resolve, world: WorldId) -> (Vec<String>, Vec<String>) {
    let exports = &resolve.worlds[world].exports;
    let mut required = Vec::new();
    let mut optional = Vec::new();
    for item in functions(resolve, exports) {
        let name = item.export_name();
        optional.push(format!("cabi_post_{name}"));
        required.push(name);
    }
    for (key, item) in exports {
        for (module, name) in resources(resolve, key, item) {
            optional.push(format!("{module}#[dtor]{name}"));
        }
    }
    (required, optional)
}

/// The worlds of all libraries.
pub struct Worlds {
    /// The worlds and types of all libraries.
    pub resolve: Resolve,
    /// The world of each library, where it has one.
    pub worlds: Vec<Option<WorldId>>,
    /// The string encoding, which is the same for all.
    pub encoding: StringEncoding,
}

/// Merges the worlds of all objects into one `Resolve`.
pub fn merge(objects: &[Object]) -> Result<Worlds> {
    let mut all = Worlds {
        resolve: Resolve::default(),
        worlds: Vec::new(),
        encoding: StringEncoding::UTF8,
    };
    let mut encodings: BTreeMap<String, &str> = BTreeMap::new();
    for (index, object) in objects.iter().enumerate() {
        if !has_world(&object.bytes) {
            all.worlds.push(None);
            continue;
        }
        let mut bindgen = read_world(object)?;
        if let Some(encoding) = encoding(&bindgen) {
            encodings.insert(format!("{encoding:?}"), &object.shown);
            all.encoding = encoding;
        }
        rename(&mut bindgen, index);
        let world = bindgen.world;
        let fail = |e: &(dyn std::error::Error + 'static)| {
            Diagnostic::new(format!(
                "`{}` knows other types than the libraries before it: {}",
                object.shown,
                causes(e).join(": ")
            ))
            .hint("build all libraries with the same WIT packages, or give changed ones another version")
        };
        let remap = all
            .resolve
            .merge(bindgen.resolve)
            .map_err(|e| fail(e.as_ref()))?;
        let world = remap
            .map_world(world, Default::default())
            .map_err(|e| fail(&e))?;
        all.worlds.push(Some(world));
    }
    let mut different = encodings.iter();
    if let (Some((a, first)), Some((b, second))) = (different.next(), different.next()) {
        return Err(Diagnostic::new(format!(
            "`{first}` has strings in {a}, `{second}` in {b}"
        ))
        .hint("generate the bindings of both with the same encoding, or link them as components")
        .into());
    }
    Ok(all)
}

/// Renames the world of a library: all are called `root:root/root` when they are read.
fn rename(bindgen: &mut Bindgen, index: usize) {
    let resolve = &mut bindgen.resolve;
    let Some(id) = resolve.worlds[bindgen.world].package else {
        return;
    };
    let name = &mut resolve.packages[id].name;
    let old = name.clone();
    name.name = format!("library{index}");
    let new = name.clone();
    resolve.package_names.shift_remove(&old);
    resolve.package_names.insert(new, id);
}

/// The string encoding of a library's functions.
fn encoding(bindgen: &Bindgen) -> Option<StringEncoding> {
    let resolve = &bindgen.resolve;
    let world = &resolve.worlds[bindgen.world];
    let sides = [
        (&world.imports, &bindgen.metadata.import_encodings),
        (&world.exports, &bindgen.metadata.export_encodings),
    ];
    for (items, encodings) in sides {
        for (key, item) in items {
            let name = match item {
                WorldItem::Function(f) => Some(f.name.as_str()),
                WorldItem::Interface { id, .. } => resolve.interfaces[*id]
                    .functions
                    .keys()
                    .next()
                    .map(String::as_str),
                WorldItem::Type { .. } => None,
            };
            let found = name.and_then(|name| encodings.get(resolve, key, name));
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

/// The definition of a type, through all aliases.
pub fn defined(resolve: &Resolve, mut id: TypeId) -> TypeId {
    while let TypeDefKind::Type(wit_parser::Type::Id(next)) = resolve.types[id].kind {
        id = next;
    }
    id
}
