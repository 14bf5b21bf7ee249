//! Refusals, by name, of what cannot be lowered, and validation of the lowered module.

use super::error::{Error, Result};
use super::options::Features;
use super::world::ComponentWorld;
use super::wrap::shims::PREFIX;
use crate::module::Module;
use std::collections::HashSet;
use wasmparser::{
    CanonicalFunction, CanonicalOption, ComponentExternalKind, ComponentType, Parser, Payload,
    Validator, WasmFeatures,
};
use wit_parser::{Function, Handle, InterfaceId, Type, TypeDefKind, TypeId, TypeOwner, WorldItem};

/// Refuses components with names that begin as those that lowering adds.
pub fn reserved_names(bytes: &[u8]) -> Result<()> {
    let prefix = PREFIX.as_bytes();
    if bytes.windows(prefix.len()).any(|w| w == prefix) {
        return Err(Error::unsupported(
            "it has names that start with `rules-wit:lower/`",
            "rename them: this prefix is reserved for modules that this command adds",
        ));
    }
    Ok(())
}

/// Refuses worlds that the imports and exports of a core module cannot express.
pub fn world(world: &ComponentWorld) -> Result<()> {
    let resolve = &world.resolve;
    let items = world.world();
    for item in items.imports.values().chain(items.exports.values()) {
        match item {
            WorldItem::Function(func) => function(world, None, func)?,
            WorldItem::Interface { id, .. } => {
                let name = resolve.id_of(*id);
                for func in resolve.interfaces[*id].functions.values() {
                    function(world, name.as_deref(), func)?;
                }
            }
            WorldItem::Type { id, .. } => {
                let ty = &resolve.types[*id];
                if matches!(ty.kind, TypeDefKind::Resource) {
                    return Err(Error::unsupported(
                        format!(
                            "the world has the resource `{}` outside of an interface",
                            ty.name.as_deref().unwrap_or_default()
                        ),
                        "move the resource into an interface",
                    ));
                }
            }
        }
    }
    for (key, item) in &items.exports {
        let WorldItem::Interface { id, .. } = item else {
            continue;
        };
        if let Some(resource) = foreign_resource(world, *id) {
            let ty = &resolve.types[resource];
            return Err(Error::unsupported(
                format!(
                    "the exported interface `{}` uses the resource `{}` of an imported one",
                    resolve.name_world_key(key),
                    ty.name.as_deref().unwrap_or_default()
                ),
                "compose it with a component that exports the interface of the resource",
            ));
        }
    }
    Ok(())
}

fn function(world: &ComponentWorld, interface: Option<&str>, func: &Function) -> Result<()> {
    if func.kind.is_async() || !func.find_futures_and_streams(&world.resolve).is_empty() {
        return Err(asynchronous(&match interface {
            Some(interface) => format!("{interface}.{}", func.name),
            None => func.name.clone(),
        }));
    }
    Ok(())
}

/// A resource that functions of an exported interface use, of an interface that is not exported.
fn foreign_resource(world: &ComponentWorld, interface: InterfaceId) -> Option<TypeId> {
    let exported = |id: InterfaceId| {
        let mut exports = world.world().exports.values();
        exports.any(|item| matches!(item, WorldItem::Interface { id: e, .. } if *e == id))
    };
    let interface = &world.resolve.interfaces[interface];
    let functions = interface.functions.values();
    let mut todo: Vec<Type> = functions
        .flat_map(|f| f.params.iter().map(|p| p.ty).chain(f.result))
        .collect();
    let mut seen = HashSet::new();
    while let Some(ty) = todo.pop() {
        let Type::Id(id) = ty else { continue };
        if !seen.insert(id) {
            continue;
        }
        let def = &world.resolve.types[id];
        match &def.kind {
            TypeDefKind::Resource => match def.owner {
                TypeOwner::Interface(owner) if exported(owner) => {}
                _ => return Some(id),
            },
            TypeDefKind::Handle(Handle::Own(t) | Handle::Borrow(t)) => todo.push(Type::Id(*t)),
            kind => todo.extend(parts(kind)),
        }
    }
    None
}

/// The types that a type directly contains.
fn parts(kind: &TypeDefKind) -> Vec<Type> {
    match kind {
        TypeDefKind::Record(r) => r.fields.iter().map(|f| f.ty).collect(),
        TypeDefKind::Tuple(t) => t.types.clone(),
        TypeDefKind::Variant(v) => v.cases.iter().filter_map(|c| c.ty).collect(),
        TypeDefKind::Option(t)
        | TypeDefKind::List(t)
        | TypeDefKind::FixedLengthList(t, _)
        | TypeDefKind::Type(t) => vec![*t],
        TypeDefKind::Result(r) => r.ok.into_iter().chain(r.err).collect(),
        TypeDefKind::Map(k, v) => vec![*k, *v],
        _ => Vec::new(),
    }
}

fn asynchronous(name: &str) -> Error {
    Error::unsupported(
        format!("`{name}` is asynchronous"),
        "run the component on an engine with async support",
    )
}

/// Refuses asynchronous functions between the components within a component, by name if they have
/// one.
pub fn nested_functions(bytes: &[u8]) -> Result<()> {
    let mut names = Vec::new();
    let mut found = false;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::ComponentCanonicalSection(section) => {
                for function in section {
                    match function? {
                        CanonicalFunction::Lift { options, .. }
                        | CanonicalFunction::Lower { options, .. } => {
                            found |= options.contains(&CanonicalOption::Async);
                        }
                        _ => {}
                    }
                }
            }
            Payload::ComponentTypeSection(section) => {
                for ty in section {
                    if let ComponentType::Func(func) = ty? {
                        found |= func.async_;
                    }
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    let export = export?;
                    if found && export.kind == ComponentExternalKind::Func {
                        names.push(export.name.name.to_owned());
                    }
                }
            }
            _ => {}
        }
        if let (true, Some(name)) = (found, names.first()) {
            return Err(asynchronous(name));
        }
    }
    if found {
        return Err(asynchronous("a function of a nested component"));
    }
    Ok(())
}

/// Refuses modules that access memory in ways that do not work for a region of another memory.
pub fn memory(module: &[u8]) -> Result<()> {
    let features = WasmFeatures::all()
        .difference(WasmFeatures::THREADS)
        .difference(WasmFeatures::MEMORY64)
        .difference(WasmFeatures::MEMORY_CONTROL);
    match missing(module, features)? {
        None => Ok(()),
        Some(what) => Err(Error::unsupported(
            format!("it cannot have one memory: {what}"),
            "lower with `--memory multi`",
        )),
    }
}

/// Validates the lowered module, with the features that the engine has.
pub fn lowered(module: &[u8], features: Features) -> Result<()> {
    Validator::new_with_features(WasmFeatures::all())
        .validate_all(module)
        .map_err(|e| Error::internal(e.to_string()))?;
    match missing(module, features.set())? {
        None => Ok(()),
        Some(what) => Err(Error::Features(what)),
    }
}

/// What a module needs beyond `features`, and the function that needs it.
fn missing(module: &[u8], features: WasmFeatures) -> Result<Option<String>> {
    let Err(error) = Validator::new_with_features(features).validate_all(module) else {
        return Ok(None);
    };
    let module = Module::new(module)?;
    let at = error.offset();
    let function = module.bodies.iter().position(|b| b.range().contains(&at));
    Ok(Some(match function {
        Some(i) => format!("{} in `{}`", error.message(), module.function_name(i)),
        None => error.message().to_owned(),
    }))
}
