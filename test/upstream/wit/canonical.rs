//! Converts a resolved document to a form that does not depend on the numbering of its items.
//!
//! Two loads of a package may number types in different orders. In the canonical form, types,
//! interfaces and worlds are referred to by name, and unnamed types are written out.

use serde_json::{json, Value};
use wit_parser::{
    Function, FunctionKind, Handle, InterfaceId, PackageId, Resolve, Type, TypeDefKind, TypeId,
    TypeOwner, WorldId, WorldItem, WorldKey,
};

/// Returns the canonical form of `main` and the packages that it reaches.
pub fn canonical(resolve: &Resolve, main: PackageId) -> Value {
    let mut names: Vec<(String, PackageId)> = resolve
        .packages
        .iter()
        .map(|(id, package)| (package.name.to_string(), id))
        .collect();
    names.sort();
    let packages: Vec<Value> = names
        .iter()
        .map(|(name, id)| json!([name, package(resolve, *id)]))
        .collect();
    json!({ "main": resolve.packages[main].name.to_string(), "packages": packages })
}

fn package(resolve: &Resolve, id: PackageId) -> Value {
    let package = &resolve.packages[id];
    let interfaces = package.interfaces.iter();
    let worlds = package.worlds.iter();
    json!({
        "docs": package.docs,
        "interfaces": interfaces.map(|(n, i)| json!([n, interface(resolve, *i)])).collect::<Vec<_>>(),
        "worlds": worlds.map(|(n, w)| json!([n, world(resolve, *w)])).collect::<Vec<_>>(),
    })
}

fn interface(resolve: &Resolve, id: InterfaceId) -> Value {
    let interface = &resolve.interfaces[id];
    let types = interface.types.iter();
    // The printer groups the functions of a resource.
    let mut functions: Vec<_> = interface.functions.iter().collect();
    functions.sort_by_key(|(name, _)| name.as_str());
    let functions = functions.into_iter();
    json!({
        "name": interface.name,
        "docs": interface.docs,
        "stability": interface.stability,
        "types": types.map(|(n, t)| json!([n, definition(resolve, *t)])).collect::<Vec<_>>(),
        "functions": functions.map(|(n, f)| json!([n, function(resolve, f)])).collect::<Vec<_>>(),
    })
}

fn world(resolve: &Resolve, id: WorldId) -> Value {
    let world = &resolve.worlds[id];
    let items = |items: &wit_parser::IndexMap<WorldKey, WorldItem>| -> Vec<Value> {
        items
            .iter()
            .map(|(key, item)| {
                let key = match key {
                    WorldKey::Name(name) => name.clone(),
                    WorldKey::Interface(id) => interface_name(resolve, *id),
                };
                json!([key, world_item(resolve, item)])
            })
            .collect()
    };
    json!({
        "docs": world.docs,
        "stability": world.stability,
        "imports": items(&world.imports),
        "exports": items(&world.exports),
    })
}

fn world_item(resolve: &Resolve, item: &WorldItem) -> Value {
    match item {
        WorldItem::Interface {
            id,
            stability,
            external_id,
            docs,
            ..
        } => {
            let what = match &resolve.interfaces[*id].name {
                Some(_) => json!(interface_name(resolve, *id)),
                None => interface(resolve, *id),
            };
            json!({ "interface": what, "stability": stability, "external": external_id, "docs": docs })
        }
        WorldItem::Function(f) => function(resolve, f),
        WorldItem::Type { id, .. } => definition(resolve, *id),
    }
}

fn function(resolve: &Resolve, f: &Function) -> Value {
    let params = f.params.iter();
    json!({
        "function": f.name,
        "kind": match f.kind {
            FunctionKind::Freestanding => json!("freestanding"),
            FunctionKind::AsyncFreestanding => json!("async freestanding"),
            FunctionKind::Method(id) => json!(["method", type_name(resolve, id)]),
            FunctionKind::AsyncMethod(id) => json!(["async method", type_name(resolve, id)]),
            FunctionKind::Static(id) => json!(["static", type_name(resolve, id)]),
            FunctionKind::AsyncStatic(id) => json!(["async static", type_name(resolve, id)]),
            FunctionKind::Constructor(id) => json!(["constructor", type_name(resolve, id)]),
        },
        "params": params.map(|p| json!([p.name, ty(resolve, &p.ty)])).collect::<Vec<_>>(),
        "result": f.result.as_ref().map(|t| ty(resolve, t)),
        "docs": f.docs,
        "stability": f.stability,
        "external": f.external_id,
    })
}

fn definition(resolve: &Resolve, id: TypeId) -> Value {
    let def = &resolve.types[id];
    json!({
        "kind": kind(resolve, &def.kind),
        "docs": def.docs,
        "stability": def.stability,
        "external": def.external_id,
    })
}

fn ty(resolve: &Resolve, t: &Type) -> Value {
    match t {
        Type::Id(id) if resolve.types[*id].name.is_some() => json!(type_name(resolve, *id)),
        Type::Id(id) => kind(resolve, &resolve.types[*id].kind),
        simple => json!(simple),
    }
}

fn kind(resolve: &Resolve, k: &TypeDefKind) -> Value {
    let some = |t: &Option<Type>| t.as_ref().map(|t| ty(resolve, t));
    match k {
        TypeDefKind::Record(r) => {
            let fields = r.fields.iter();
            let field = |f: &wit_parser::Field| json!([f.name, ty(resolve, &f.ty), f.docs]);
            json!({ "record": fields.map(field).collect::<Vec<_>>() })
        }
        TypeDefKind::Variant(v) => {
            let case = |c: &wit_parser::Case| json!([c.name, some(&c.ty), c.docs]);
            json!({ "variant": v.cases.iter().map(case).collect::<Vec<_>>() })
        }
        TypeDefKind::Tuple(t) => {
            json!({ "tuple": t.types.iter().map(|t| ty(resolve, t)).collect::<Vec<_>>() })
        }
        TypeDefKind::Handle(Handle::Own(id)) => json!({ "own": type_name(resolve, *id) }),
        TypeDefKind::Handle(Handle::Borrow(id)) => json!({ "borrow": type_name(resolve, *id) }),
        TypeDefKind::Option(t) => json!({ "option": ty(resolve, t) }),
        TypeDefKind::Result(r) => json!({ "result": [some(&r.ok), some(&r.err)] }),
        TypeDefKind::List(t) => json!({ "list": ty(resolve, t) }),
        TypeDefKind::FixedLengthList(t, n) => json!({ "list": [ty(resolve, t), n] }),
        TypeDefKind::Map(k, v) => json!({ "map": [ty(resolve, k), ty(resolve, v)] }),
        TypeDefKind::Future(t) => json!({ "future": some(t) }),
        TypeDefKind::Stream(t) => json!({ "stream": some(t) }),
        TypeDefKind::Type(t) => json!({ "alias": ty(resolve, t) }),
        // These contain no other numbers.
        other @ (TypeDefKind::Resource
        | TypeDefKind::Flags(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Unknown) => json!(other),
    }
}

fn type_name(resolve: &Resolve, id: TypeId) -> String {
    let def = &resolve.types[id];
    let owner = match def.owner {
        TypeOwner::Interface(i) => interface_name(resolve, i),
        TypeOwner::World(w) => format!("world {}", resolve.worlds[w].name),
        TypeOwner::None => String::new(),
    };
    format!("{owner}#{}", def.name.as_deref().unwrap_or_default())
}

fn interface_name(resolve: &Resolve, id: InterfaceId) -> String {
    resolve.id_of(id).unwrap_or_else(|| "(here)".to_owned())
}
