//! The worlds of the two sides, and the composition of them with the component.

use super::front;
use super::{fail, unsupported};
use rules_wit_common::{Diagnostic, Result};
use std::panic::{catch_unwind, AssertUnwindSafe};
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId};
use wit_component::{DecodedWasm, StringEncoding};
use wit_parser::{
    Handle, InterfaceId, Resolve, Type, TypeDefKind, TypeId, TypeOwner, World, WorldId, WorldItem,
};

/// What a component imports and exports.
pub struct Decoded {
    pub resolve: Resolve,
    pub world: WorldId,
}

/// Reads the world of a component.
pub fn decode(bytes: &[u8]) -> Result<Decoded> {
    match written(|| wit_component::decode(bytes).map_err(|e| fail(&*e).into()))? {
        DecodedWasm::Component(resolve, world) => Ok(Decoded { resolve, world }),
        DecodedWasm::WitPackage(..) => Err(Diagnostic::new(
            "this is an encoded WIT package, with nothing to run",
        )
        .hint("give a component that implements a world")
        .into()),
    }
}

/// Reads or writes a world. For some names and types that components may have and WIT has not, the
/// libraries panic.
pub fn written<T>(action: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(action)).unwrap_or_else(|_| {
        Err(unsupported(
            "it has names or types that WIT cannot say",
            "make the component for a world, or put it together of such",
        ))
    })
}

impl Decoded {
    /// The world as it was, without anything to run.
    pub fn root(&self) -> &World {
        &self.resolve.worlds[self.world]
    }

    /// Refuses what the host's side of a module cannot express, by name.
    pub fn check(&self) -> Result<()> {
        let world = self.root();
        for item in world.imports.values().chain(world.exports.values()) {
            match item {
                WorldItem::Function(func) => self.check_function(None, func)?,
                WorldItem::Interface { id, .. } => {
                    let name = self.resolve.id_of(*id);
                    for func in self.resolve.interfaces[*id].functions.values() {
                        self.check_function(name.as_deref(), func)?;
                    }
                }
                WorldItem::Type { id, .. } => {
                    if matches!(self.resolve.types[*id].kind, TypeDefKind::Resource) {
                        return Err(unsupported(
                            &format!(
                                "the world itself has the resource `{}`",
                                self.resolve.types[*id].name.as_deref().unwrap_or_default()
                            ),
                            "move the resource into an interface",
                        ));
                    }
                }
            }
        }
        for (key, item) in &world.exports {
            let WorldItem::Interface { id, .. } = item else {
                continue;
            };
            if let Some(resource) = self.foreign_resource(*id) {
                let ty = &self.resolve.types[resource];
                return Err(unsupported(
                    &format!(
                        "the exported interface `{}` uses the resource `{}` of an imported one",
                        self.resolve.name_world_key(key),
                        ty.name.as_deref().unwrap_or_default()
                    ),
                    "compose it with a component that exports the interface of the resource",
                ));
            }
        }
        Ok(())
    }

    fn check_function(&self, interface: Option<&str>, func: &wit_parser::Function) -> Result<()> {
        let name = match interface {
            Some(interface) => format!("{interface}.{}", func.name),
            None => func.name.clone(),
        };
        if func.kind.is_async() || !func.find_futures_and_streams(&self.resolve).is_empty() {
            return Err(asynchronous(&name));
        }
        Ok(())
    }

    /// A resource that an exported interface takes from one that is not exported.
    fn foreign_resource(&self, interface: InterfaceId) -> Option<TypeId> {
        let exported = |id: InterfaceId| {
            self.root()
                .exports
                .values()
                .any(|item| matches!(item, WorldItem::Interface { id: e, .. } if *e == id))
        };
        let interface = &self.resolve.interfaces[interface];
        let functions = interface.functions.values();
        let mut todo: Vec<Type> = functions
            .flat_map(|f| f.params.iter().map(|p| p.ty).chain(f.result))
            .collect();
        let mut seen = std::collections::HashSet::new();
        while let Some(ty) = todo.pop() {
            let Type::Id(id) = ty else { continue };
            if !seen.insert(id) {
                continue;
            }
            let def = &self.resolve.types[id];
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

    /// Adds a world that imports `imports` of the items and exports the others.
    fn side(&self, name: &str, imports: Vec<Items>, exports: Items) -> (Resolve, WorldId) {
        let mut resolve = self.resolve.clone();
        let mut world = resolve.worlds[self.world].clone();
        world.name = name.to_owned();
        world.imports = Items::new();
        for items in imports {
            for (key, item) in items {
                world.imports.entry(key).or_insert(item);
            }
        }
        world.exports = exports;
        world
            .exports
            .retain(|_, item| !matches!(item, WorldItem::Type { .. }));
        let package = world.package;
        let id = resolve.worlds.alloc(world);
        if let Some(package) = package {
            resolve.packages[package].worlds.insert(name.to_owned(), id);
        }
        (resolve, id)
    }
}

type Items = wit_parser::IndexMap<wit_parser::WorldKey, WorldItem>;

/// The types right below a type.
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

/// The refusal of an asynchronous function.
pub fn asynchronous(name: &str) -> rules_wit_common::Failure {
    unsupported(
        &format!("`{name}` is asynchronous"),
        "compose it in a component and run that on an engine with async support",
    )
}

/// Puts the two sides around a component.
pub fn wrap(decoded: &Decoded, bytes: Vec<u8>) -> Result<Vec<u8>> {
    let world = decoded.root();
    let (imports, exports) = (world.imports.clone(), world.exports.clone());
    let (resolve, inner) = decoded.side("rules-wit-inner", vec![imports.clone()], imports.clone());
    let inner = componentize(&resolve, inner, front::inner(&resolve, inner))?;
    let (resolve, outer) = decoded.side("rules-wit-outer", vec![imports, exports.clone()], exports);
    let outer = componentize(&resolve, outer, front::outer(&resolve, outer))?;

    let mut graph = CompositionGraph::new();
    let inner = Part::new(&mut graph, "rules-wit:inner", inner)?;
    let middle = Part::new(&mut graph, "rules-wit:middle", bytes)?;
    let outer = Part::new(&mut graph, "rules-wit:outer", outer)?;
    middle.fill(&mut graph, &[&inner])?;
    // Of what is imported it takes types only, which must have a name in the whole: they stay imports.
    outer.fill(&mut graph, &[&middle])?;
    for name in &outer.exports {
        let node = graph
            .alias_instance_export(outer.instance, name)
            .map_err(|e| fail(&e))?;
        graph.export(node, name).map_err(|e| fail(&e))?;
    }
    graph
        .encode(EncodeOptions {
            validate: false,
            ..EncodeOptions::default()
        })
        .map_err(|e| fail(&e).into())
}

fn componentize(resolve: &Resolve, world: WorldId, text: String) -> Result<Vec<u8>> {
    let mut module = wat::parse_str(&text).map_err(|e| fail(&e))?;
    wit_component::embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8)
        .map_err(|e| fail(&*e))?;
    wit_component::ComponentEncoder::default()
        .module(&module)
        .and_then(|encoder| encoder.encode())
        .map_err(|e| fail(&*e).into())
}

struct Part {
    instance: NodeId,
    imports: Vec<String>,
    exports: Vec<String>,
}

impl Part {
    fn new(graph: &mut CompositionGraph, name: &str, bytes: Vec<u8>) -> Result<Self> {
        let package =
            Package::from_bytes(name, None, bytes, graph.types_mut()).map_err(|e| fail(&*e))?;
        let world = package.ty();
        let package = graph.register_package(package).map_err(|e| fail(&e))?;
        let world = &graph.types()[world];
        let (imports, exports) = (
            world.imports.keys().cloned().collect(),
            world.exports.keys().cloned().collect(),
        );
        Ok(Part {
            instance: graph.instantiate(package),
            imports,
            exports,
        })
    }

    /// Takes each import from the first of the givers that exports it.
    fn fill(&self, graph: &mut CompositionGraph, givers: &[&Part]) -> Result<()> {
        for import in &self.imports {
            let Some(giver) = givers.iter().find(|g| g.exports.contains(import)) else {
                continue;
            };
            let node = graph
                .alias_instance_export(giver.instance, import)
                .map_err(|e| fail(&e))?;
            graph
                .set_instantiation_argument(self.instance, import, node)
                .map_err(|e| fail(&e))?;
        }
        Ok(())
    }
}

/// Refuses asynchronous functions between the parts of a component, by name where they have one.
pub fn check_parts(bytes: &[u8]) -> Result<()> {
    use wasmparser::{CanonicalFunction, CanonicalOption, ComponentType, Payload};
    let mut names = Vec::new();
    let mut found = false;
    for payload in wasmparser::Parser::new(0).parse_all(bytes) {
        match payload.map_err(|e| fail(&e))? {
            Payload::ComponentCanonicalSection(section) => {
                for function in section {
                    match function.map_err(|e| fail(&e))? {
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
                    if let ComponentType::Func(func) = ty.map_err(|e| fail(&e))? {
                        found |= func.async_;
                    }
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    let export = export.map_err(|e| fail(&e))?;
                    if found && export.kind == wasmparser::ComponentExternalKind::Func {
                        names.push(export.name.name.to_owned());
                    }
                }
            }
            Payload::ComponentImportSection(_) => {}
            _ => {}
        }
        if let (true, Some(name)) = (found, names.first()) {
            return Err(asynchronous(name));
        }
    }
    if found {
        return Err(asynchronous("a function of a component in it"));
    }
    Ok(())
}
