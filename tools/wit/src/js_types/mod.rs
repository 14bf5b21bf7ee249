//! Generates TypeScript declarations for the scripts of a world.
//!
//! Types are those of jco's `js-component-bindgen`, which are those that the interpreter of JavaScript in `rules/interpreters`
//! converts. There is a module for each interface, with the specifier that scripts import, and one for the world, whose
//! exports are those of the script.

mod names;
mod types;

use crate::bindings::add_locations;
use crate::packages::WorldArgs;
use names::{camel, comment, is_reserved, pascal};
use rules_wit_common::Result;
use std::collections::BTreeMap;
use types::Types;
use wit_parser::{
    Function, FunctionKind, IndexMap, InterfaceId, Resolve, Type, TypeDefKind, TypeId, WorldId,
    WorldItem, WorldKey,
};

/// Generates declarations. Fails if the package does not resolve, or if there is no such world.
pub fn generate(world: &WorldArgs) -> Result<String> {
    let mut world = world.read()?;
    add_locations(&mut world.resolve, &world.spans);
    let (resolve, id, name) = (&world.resolve, world.id, world.name());
    let mut text = format!("// Types for scripts of the WIT world `{name}`.\n");
    let imports = interfaces(resolve, &resolve.worlds[id].imports);
    let mut modules = interfaces(resolve, &resolve.worlds[id].exports);
    modules.extend(imports.clone());
    for (specifier, id) in modules {
        let imported = imports.contains_key(&specifier);
        text += &interface_module(resolve, &specifier, id, imported);
    }
    text += &imported_functions(resolve, id);
    text += &world_module(resolve, id, &name);
    Ok(text)
}

/// The interfaces among the imports or exports of a world, by specifier.
fn interfaces(
    resolve: &Resolve,
    items: &IndexMap<WorldKey, WorldItem>,
) -> BTreeMap<String, InterfaceId> {
    let interfaces = items.iter().filter_map(|(key, item)| match item {
        WorldItem::Interface { id, .. } => Some((specifier(resolve, key), *id)),
        _ => None,
    });
    interfaces.collect()
}

/// The name of an interface in imports of scripts.
fn specifier(resolve: &Resolve, key: &WorldKey) -> String {
    resolve.name_world_key(key)
}

/// The module of an interface, and one with its name without version.
fn interface_module(resolve: &Resolve, specifier: &str, id: InterfaceId, imported: bool) -> String {
    let interface = &resolve.interfaces[id];
    let types = Types::new(resolve, Some(id), None);
    let mut text = comment(interface.docs.contents.as_deref(), &[], "");
    text = format!("\n{text}declare module \"{specifier}\" {{\n");
    let functions: Vec<&Function> = interface.functions.values().collect();
    text += &items(
        resolve,
        &types,
        interface.types.values().copied(),
        &functions,
        imported,
    );
    text += "}\n";
    if let Some((name, _)) = specifier.split_once('@') {
        text += &format!("declare module \"{name}\" {{\n    export * from \"{specifier}\";\n}}\n");
    }
    text
}

/// The types and functions of an interface or world. A resource is a class with its functions; whether the script imports
/// it or has to define it is `imported`.
fn items(
    resolve: &Resolve,
    types: &Types<'_>,
    ids: impl Iterator<Item = TypeId>,
    functions: &[&Function],
    imported: bool,
) -> String {
    let mut text = String::new();
    for id in ids {
        match &resolve.types[id].kind {
            TypeDefKind::Resource => text += &class(resolve, types, id, functions, imported),
            _ => text += &types.definition(id),
        }
    }
    for function in functions {
        if function.kind.resource().is_none() {
            text += &free_function(resolve, types, function);
        }
    }
    // What the definitions above use.
    types.helpers() + &text
}

/// A function of a module. A name that is a keyword cannot be declared, but exported.
fn free_function(resolve: &Resolve, types: &Types<'_>, function: &Function) -> String {
    let name = camel(&function.name);
    let docs = docs_of(resolve, types, function, "    ");
    let signature = signature(types, function, 0);
    match is_reserved(&name) {
        true => {
            format!("{docs}    function _{name}{signature};\n    export {{ _{name} as {name} }};\n")
        }
        false => format!("{docs}    export function {name}{signature};\n"),
    }
}

/// `(name: type): type`, without the first parameters.
fn signature(types: &Types<'_>, function: &Function, skipped: usize) -> String {
    let params = function.params.iter().skip(skipped).map(|param| {
        let name = camel(&param.name);
        let underscore = if is_reserved(&name) { "_" } else { "" };
        format!("{name}{underscore}: {}", types.name(&param.ty))
    });
    let params: Vec<String> = params.collect();
    let result = match (&function.kind, &function.result) {
        (FunctionKind::Constructor(_), _) => return format!("({})", params.join(", ")),
        (_, None) => "void".to_owned(),
        (_, Some(ty)) => types.returned(ty),
    };
    match function.kind.is_async() {
        true => format!("({}): Promise<{result}>", params.join(", ")),
        false => format!("({}): {result}", params.join(", ")),
    }
}

/// The documentation of a function, with the error of its result.
fn docs_of(resolve: &Resolve, types: &Types<'_>, function: &Function, indent: &str) -> String {
    let error = function.result.and_then(|ty| error_of(resolve, &ty));
    let throws = match error {
        None => Vec::new(),
        Some(None) => vec!["@throws an error without a payload".to_owned()],
        Some(Some(ty)) => vec![format!("@throws {{{}}}", types.name(&ty))],
    };
    comment(function.docs.contents.as_deref(), &throws, indent)
}

/// For a result: the type of its error.
fn error_of(resolve: &Resolve, ty: &Type) -> Option<Option<Type>> {
    match ty {
        Type::Id(id) => match &resolve.types[*id].kind {
            TypeDefKind::Result(result) => Some(result.err),
            TypeDefKind::Type(ty) => error_of(resolve, ty),
            _ => None,
        },
        _ => None,
    }
}

/// The class of a resource. If a script defines it, it may have `Symbol.dispose`, which is called when the host drops it.
fn class(
    resolve: &Resolve,
    types: &Types<'_>,
    id: TypeId,
    functions: &[&Function],
    imported: bool,
) -> String {
    let def = &resolve.types[id];
    let name = pascal(def.name.as_deref().unwrap_or_default());
    let docs = comment(def.docs.contents.as_deref(), &[], "    ");
    let own = functions.iter().filter(|f| f.kind.resource() == Some(id));
    let mut members = String::new();
    let mut has_constructor = false;
    for function in own {
        let docs = docs_of(resolve, types, function, "        ");
        let short = camel(function.item_name());
        let member = match &function.kind {
            FunctionKind::Constructor(_) => {
                has_constructor = true;
                format!("constructor{}", signature(types, function, 0))
            }
            FunctionKind::Static(_) | FunctionKind::AsyncStatic(_) => {
                format!("static {short}{}", signature(types, function, 0))
            }
            _ => format!("{short}{}", signature(types, function, 1)),
        };
        members += &format!("{docs}        {member};\n");
    }
    if !has_constructor {
        members = format!("        /** This type has no constructor. */\n        private constructor();\n{members}");
    }
    let (implements, optional) = match imported {
        true => (" implements Partial<Disposable>", ""),
        false => ("", "?"),
    };
    format!("{docs}    export class {name}{implements} {{\n{members}        [Symbol.dispose]{optional}(): void;\n    }}\n")
}

/// The modules of the functions that a world imports itself.
fn imported_functions(resolve: &Resolve, world: WorldId) -> String {
    let types = Types::new(resolve, None, Some(world));
    let functions = resolve.worlds[world]
        .imports
        .values()
        .filter_map(|item| match item {
            WorldItem::Function(function) => Some(function),
            _ => None,
        });
    let modules = functions.map(|function| {
        let docs = docs_of(resolve, &types, function, "    ");
        let signature = signature(&types, function, 0);
        let name = camel(&function.name);
        let underscore = if is_reserved(&name) { "_" } else { "" };
        let declared =
            format!("{docs}    export default function {name}{underscore}{signature};\n");
        format!(
            "\ndeclare module \"{}\" {{\n{}{declared}}}\n",
            function.name,
            types.helpers()
        )
    });
    modules.collect()
}

/// The module of the world: what the script exports.
fn world_module(resolve: &Resolve, id: WorldId, name: &str) -> String {
    let world = &resolve.worlds[id];
    let types = Types::new(resolve, None, Some(id));
    let mut text = comment(world.docs.contents.as_deref(), &[], "");
    text = format!("\n{text}declare module \"{name}\" {{\n");
    let mut functions = Vec::new();
    for (key, item) in &world.exports {
        match item {
            WorldItem::Interface { .. } => {
                let specifier = specifier(resolve, key);
                let short = specifier.rsplit('/').next().unwrap_or_default();
                let short = short.split('@').next().unwrap_or_default();
                text += &format!("    export * as {} from \"{specifier}\";\n", camel(short));
            }
            WorldItem::Function(function) => functions.push(function),
            WorldItem::Type { .. } => {}
        }
    }
    let own = world.imports.values().chain(world.exports.values());
    let own = own.filter_map(|item| match item {
        WorldItem::Type { id, .. } => Some(*id),
        _ => None,
    });
    text += &items(resolve, &types, own, &functions, true);
    text + "}\n"
}
