//! A description of the imports and exports of a lowered module, for programs that load it.

use super::error::{Error, Result};
use super::world::ComponentWorld;
use serde_json::{json, Value};
use std::collections::HashMap;
use wasmparser::{ExternalKind, FuncType, Parser, Payload, TypeRef};
use wit_component::WitPrinter;
use wit_parser::{
    Function, LiftLowerAbi, ManglingAndAbi, WasmExport, WasmExportKind, WasmImport, WorldItem,
    WorldKey,
};

const NAMES: ManglingAndAbi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);

/// Describes a lowered module as JSON.
pub fn manifest(world: &ComponentWorld, module: &[u8]) -> Result<String> {
    let functions = functions(world);
    let mut types: Vec<FuncType> = Vec::new();
    let mut declared: Vec<u32> = Vec::new();
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    let mut memories = 0;
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::TypeSection(section) => {
                for ty in section.into_iter_err_on_gc_types() {
                    types.push(ty?);
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    if let TypeRef::Func(ty) = import.ty {
                        declared.push(ty);
                        let key = (Some(import.module.to_owned()), import.name.to_owned());
                        let mut entry = core(types.get(ty as usize));
                        entry["module"] = import.module.into();
                        entry["name"] = import.name.into();
                        entry["function"] = functions.get(&key).cloned().unwrap_or(Value::Null);
                        imports.push(entry);
                    }
                }
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    declared.push(ty?);
                }
            }
            Payload::MemorySection(section) => memories = section.count(),
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind != ExternalKind::Func {
                        continue;
                    }
                    let ty = declared.get(export.index as usize);
                    let mut entry = core(ty.and_then(|ty| types.get(*ty as usize)));
                    let key = (None, export.name.to_owned());
                    entry["name"] = export.name.into();
                    entry["function"] = functions.get(&key).cloned().unwrap_or(Value::Null);
                    exports.push(entry);
                }
            }
            _ => {}
        }
    }
    let manifest = json!({
        "exports": exports,
        "imports": imports,
        "memories": memories,
        "memory": "memory",
        "realloc": "cabi_realloc",
        "string_encoding": "utf8",
        "wit": wit(world)?,
    });
    let text =
        serde_json::to_string_pretty(&manifest).map_err(|_| Error::internal("the manifest"))?;
    Ok(text + "\n")
}

/// The WIT of the component.
fn wit(world: &ComponentWorld) -> Result<String> {
    let package = world.world().package;
    let package = package.ok_or_else(|| Error::internal("a world without a package"))?;
    let packages = world.resolve.packages.iter().map(|(id, _)| id);
    let others: Vec<_> = packages.filter(|id| *id != package).collect();
    let mut printer = WitPrinter::default();
    printer
        .print(&world.resolve, package, &others)
        .map_err(|e| Error::library(&*e))?;
    Ok(printer.output.to_string())
}

/// The functions of the world by their names in the module: of an import the module and the name,
/// of an export the name.
fn functions(world: &ComponentWorld) -> HashMap<(Option<String>, String), Value> {
    let resolve = &world.resolve;
    let mut all = HashMap::new();
    let world = world.world();
    for (items, imported) in [(&world.imports, true), (&world.exports, false)] {
        for (key, item) in items {
            let functions: Vec<(Option<&WorldKey>, &Function)> = match item {
                WorldItem::Function(func) => vec![(None, func)],
                WorldItem::Interface { id, .. } => resolve.interfaces[*id]
                    .functions
                    .values()
                    .map(|f| (Some(key), f))
                    .collect(),
                WorldItem::Type { .. } => Vec::new(),
            };
            for (interface, func) in functions {
                let mut value = json!({ "name": func.name });
                if let Some(key) = interface {
                    value["interface"] = resolve.name_world_key(key).into();
                }
                if imported {
                    let (module, name) =
                        resolve.wasm_import_name(NAMES, WasmImport::Func { interface, func });
                    all.insert((Some(module), name), value);
                    continue;
                }
                for (kind, post) in [
                    (WasmExportKind::Normal, false),
                    (WasmExportKind::PostReturn, true),
                ] {
                    let export = WasmExport::Func {
                        interface,
                        func,
                        kind,
                    };
                    let mut value = value.clone();
                    if post {
                        value["post_return"] = true.into();
                    }
                    all.insert((None, resolve.wasm_export_name(NAMES, export)), value);
                }
            }
        }
    }
    all
}

/// The core type of a function.
fn core(ty: Option<&FuncType>) -> Value {
    let names = |types: &[wasmparser::ValType]| -> Vec<String> {
        types.iter().map(ToString::to_string).collect()
    };
    match ty {
        Some(ty) => json!({ "params": names(ty.params()), "results": names(ty.results()) }),
        None => json!({}),
    }
}
