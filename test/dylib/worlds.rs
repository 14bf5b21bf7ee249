//! Random worlds whose functions return their parameters.

use crate::handles::pause;
use crate::payloads::Kind;
use arbitrary::Unstructured;
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::Arc;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Linker, Val};
use wasmtime::Engine;
use wit_parser::decoding::DecodedWasm;
use wit_parser::*;

/// The name of the world.
pub const WORLD: &str = "roundtrip:test/echo";

/// A world, in an encoded package.
pub struct Case {
    pub package: Vec<u8>,
    /// The number of imported interfaces.
    pub imports: u64,
}

/// Makes a world. `None` if there are not enough random bytes for one.
pub fn world(u: &mut Unstructured<'_>) -> Option<Case> {
    let mut config: wit_smith::Config = u.arbitrary().ok()?;
    config.error_context = false;
    config.fixed_length_lists = false;
    // Wasmtime has it off.
    config.implements = false;
    let package = wit_smith::smith(&config, u).ok()?;
    let Ok(DecodedWasm::WitPackage(mut resolve, _)) = decoding::decode(&package) else {
        return None;
    };
    let interfaces: Vec<InterfaceId> = resolve
        .packages
        .iter()
        .flat_map(|(_, package)| package.interfaces.values().copied())
        .collect();
    remove_external_ids(&mut resolve);
    known_payloads(&mut resolve);
    for id in &interfaces {
        resource_functions(&mut resolve, *id);
        return_parameters(&mut resolve, *id);
    }
    let package = resolve.packages.alloc(Package {
        name: PackageName {
            namespace: "roundtrip".to_owned(),
            name: "test".to_owned(),
            version: None,
        },
        interfaces: Default::default(),
        worlds: Default::default(),
        docs: Default::default(),
    });
    let allocated = interface(&mut resolve, package);
    let item = |id: InterfaceId| {
        let item = WorldItem::Interface {
            id,
            stability: Default::default(),
            docs: Default::default(),
            span: Default::default(),
            external_id: Default::default(),
        };
        (WorldKey::Interface(id), item)
    };
    let imports = without_resources(&resolve, &interfaces);
    let world = resolve.worlds.alloc(World {
        name: "echo".to_owned(),
        stability: Default::default(),
        package: Some(package),
        imports: imports.iter().copied().map(item).collect(),
        exports: interfaces
            .iter()
            .copied()
            .chain([allocated])
            .map(item)
            .collect(),
        includes: Default::default(),
        docs: Default::default(),
        span: Default::default(),
    });
    resolve.packages[package]
        .worlds
        .insert("echo".to_owned(), world);
    Some(Case {
        package: wit_component::encode(&resolve, package).expect("an encoded package"),
        imports: imports.len() as u64,
    })
}

fn function(
    name: &str,
    kind: FunctionKind,
    params: Vec<(&str, Type)>,
    result: Option<Type>,
) -> Function {
    Function {
        name: name.to_owned(),
        kind,
        params: params
            .into_iter()
            .map(|(name, ty)| param(name, ty))
            .collect(),
        result,
        stability: Default::default(),
        docs: Default::default(),
        span: Default::default(),
        external_id: Default::default(),
    }
}

fn param(name: &str, ty: Type) -> Param {
    Param {
        name: name.to_owned(),
        ty,
        span: Default::default(),
    }
}

/// The interface that tells how much memory is allocated.
fn interface(resolve: &mut Resolve, package: PackageId) -> InterfaceId {
    let name = "allocated-bytes";
    let function = function(name, FunctionKind::Freestanding, vec![], Some(Type::S32));
    let id = resolve.interfaces.alloc(Interface {
        name: Some("memory".to_owned()),
        stability: Default::default(),
        package: Some(package),
        docs: Default::default(),
        types: Default::default(),
        functions: [(name.to_owned(), function)].into_iter().collect(),
        span: Default::default(),
        clone_of: None,
    });
    resolve.packages[package]
        .interfaces
        .insert("memory".to_owned(), id);
    id
}

fn alloc(resolve: &mut Resolve, kind: TypeDefKind) -> Type {
    Type::Id(resolve.types.alloc(TypeDef {
        name: None,
        kind,
        owner: TypeOwner::None,
        docs: Default::default(),
        stability: Default::default(),
        span: Default::default(),
        external_id: Default::default(),
    }))
}

/// Removes names of other systems, which Wasmtime does not know.
fn remove_external_ids(resolve: &mut Resolve) {
    for (_, ty) in resolve.types.iter_mut() {
        ty.external_id = Default::default();
    }
    for (_, interface) in resolve.interfaces.iter_mut() {
        for function in interface.functions.values_mut() {
            function.external_id = Default::default();
        }
    }
}

/// Changes the payloads of streams and futures to those of [`Kind`]: Wasmtime needs to know their
/// types.
fn known_payloads(resolve: &mut Resolve) {
    let all = resolve.types.iter();
    let handles =
        all.filter(|(_, ty)| matches!(ty.kind, TypeDefKind::Future(_) | TypeDefKind::Stream(_)));
    let handles: Vec<TypeId> = handles.map(|(id, _)| id).collect();
    for (number, id) in handles.into_iter().enumerate() {
        let new = payload(resolve, Kind::ALL[number % Kind::ALL.len()]);
        if let TypeDefKind::Future(payload) | TypeDefKind::Stream(payload) =
            &mut resolve.types[id].kind
        {
            *payload = new;
        }
    }
}

fn payload(resolve: &mut Resolve, kind: Kind) -> Option<Type> {
    let kind = match kind {
        Kind::Unit => return None,
        Kind::Byte => return Some(Type::U8),
        Kind::Number => return Some(Type::U32),
        Kind::Text => return Some(Type::String),
        Kind::Bytes => TypeDefKind::List(Type::U8),
        Kind::Pair => TypeDefKind::Tuple(Tuple {
            types: vec![Type::U64, Type::String],
        }),
        Kind::Lines => {
            let list = alloc(resolve, TypeDefKind::List(Type::String));
            TypeDefKind::Option(list)
        }
        Kind::Outcome => TypeDefKind::Result(Result_ {
            ok: Some(Type::String),
            err: Some(Type::U8),
        }),
    };
    Some(alloc(resolve, kind))
}

/// Gives each resource a constructor from a number, and a method that returns it.
fn resource_functions(resolve: &mut Resolve, id: InterfaceId) {
    let types = resolve.interfaces[id].types.clone();
    for (name, resource) in types {
        if !matches!(resolve.types[resource].kind, TypeDefKind::Resource) {
            continue;
        }
        let own = alloc(resolve, TypeDefKind::Handle(Handle::Own(resource)));
        let borrow = alloc(resolve, TypeDefKind::Handle(Handle::Borrow(resource)));
        let constructor = format!("[constructor]{name}");
        let method = format!("[method]{name}.rep");
        let functions = &mut resolve.interfaces[id].functions;
        let kind = FunctionKind::Constructor(resource);
        let made = function(&constructor, kind, vec![("rep", Type::U32)], Some(own));
        functions.insert(constructor, made);
        let kind = FunctionKind::Method(resource);
        let rep = function(&method, kind, vec![("self", borrow)], Some(Type::U32));
        functions.insert(method, rep);
    }
}

/// Makes functions return a tuple of their parameters, except of borrowed resources.
fn return_parameters(resolve: &mut Resolve, id: InterfaceId) {
    let functions = resolve.interfaces[id].functions.clone();
    for (number, (name, function)) in functions.into_iter().enumerate() {
        let is_rep = name.starts_with("[method]") && name.ends_with(".rep");
        if is_rep || name.starts_with("[constructor]") {
            continue;
        }
        let is_borrow = |ty: &Type| match ty {
            Type::Id(id) => {
                matches!(
                    resolve.types[*id].kind,
                    TypeDefKind::Handle(Handle::Borrow(_))
                )
            }
            _ => false,
        };
        // A tuple of something that is borrowed inside cannot be returned.
        let has_borrow = |ty: &Type| {
            let mut live = LiveTypes::default();
            live.add_type(resolve, ty);
            let mut all = live.iter();
            all.any(|id| is_borrow(&Type::Id(id)))
        };
        let kept: Vec<Param> = function
            .params
            .iter()
            .filter(|p| is_borrow(&p.ty) || !has_borrow(&p.ty))
            .cloned()
            .collect();
        let types: Vec<Type> = kept
            .iter()
            .map(|p| p.ty)
            .filter(|ty| !is_borrow(ty))
            .collect();
        let result = match types.is_empty() {
            true => None,
            false => Some(alloc(resolve, TypeDefKind::Tuple(Tuple { types }))),
        };
        let has_handle = |param: &Param| {
            let mut live = LiveTypes::default();
            live.add_type(resolve, &param.ty);
            let mut all = live.iter();
            all.any(|id| {
                let kind = &resolve.types[id].kind;
                matches!(kind, TypeDefKind::Future(_) | TypeDefKind::Stream(_))
            })
        };
        // Only asynchronous functions can copy streams and futures.
        let kind = match function.kind {
            kind if number % 3 == 0 || !kept.iter().any(has_handle) => kind,
            FunctionKind::Freestanding => FunctionKind::AsyncFreestanding,
            FunctionKind::Method(id) => FunctionKind::AsyncMethod(id),
            FunctionKind::Static(id) => FunctionKind::AsyncStatic(id),
            kind => kind,
        };
        if let Some(function) = resolve.interfaces[id].functions.get_mut(&name) {
            function.params = kept;
            function.result = result;
            function.kind = kind;
        }
    }
}

/// The interfaces that have no resources, nor use others that have some.
fn without_resources(resolve: &Resolve, interfaces: &[InterfaceId]) -> Vec<InterfaceId> {
    let mut out: HashSet<InterfaceId> = HashSet::new();
    loop {
        let before = out.len();
        for id in interfaces {
            let mut live = LiveTypes::default();
            live.add_interface(resolve, *id);
            let has_resource = live.iter().any(|ty| {
                let ty = &resolve.types[ty];
                let foreign = matches!(ty.owner, TypeOwner::Interface(i) if out.contains(&i));
                foreign || matches!(ty.kind, TypeDefKind::Resource)
            });
            if has_resource {
                out.insert(*id);
            }
        }
        if out.len() == before {
            break;
        }
    }
    interfaces
        .iter()
        .copied()
        .filter(|id| !out.contains(id))
        .collect()
}

/// Defines the imports of a component: functions that return their parameters. Every other call of an
/// asynchronous one waits before that, and is counted.
pub fn define_imports(
    engine: &Engine,
    component: &Component,
    linker: &mut Linker<()>,
    waits: &Arc<AtomicU64>,
) -> wasmtime::Result<()> {
    let ty = component.component_type();
    for (interface, item) in ty.imports(engine) {
        let ComponentItem::ComponentInstance(inner) = item.ty else {
            continue;
        };
        let mut linker = linker.instance(interface)?;
        for (name, item) in inner.exports(engine) {
            let ComponentItem::ComponentFunc(ty) = item.ty else {
                continue;
            };
            let answer = |arguments: &[Val], results: &mut [Val]| {
                if let Some(result) = results.first_mut() {
                    *result = Val::Tuple(arguments.to_vec());
                }
                Ok(())
            };
            if ty.async_() {
                let waits = waits.clone();
                let calls = AtomicU64::new(0);
                linker.func_new_concurrent(name, move |_, _, arguments, results| {
                    let waits = (calls.fetch_add(1, Relaxed) % 2 == 1).then(|| waits.clone());
                    Box::pin(async move {
                        if let Some(waits) = waits {
                            waits.fetch_add(1, Relaxed);
                            pause().await;
                        }
                        answer(arguments, results)
                    })
                })?;
            } else {
                linker.func_new(name, move |_, _, arguments, results| {
                    answer(arguments, results)
                })?;
            }
        }
    }
    Ok(())
}
