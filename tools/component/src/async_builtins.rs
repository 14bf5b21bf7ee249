//! Built-in functions of the component model that interpreters import for asynchronous functions.
//! Engines without asynchronous functions have none of these, so a component whose world does not
//! need them must not import them.

use crate::module::{section, Module};
use crate::unused::Library;
use rules_wit_common::{Diagnostic, Result};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, CustomSection, ExportKind, ExportSection, Function, FunctionSection,
    ImportSection, RawSection, TypeSection,
};
use wasmparser::{FuncType, Import, Parser, Payload, TypeRef};

/// The name of the library that [`stubs`] makes.
pub const LIBRARY: &str = "wit-dylib-traps";

/// A function that every interpreter exports, and no other library.
const INTERPRETER: &str = "wit_dylib_initialize";

/// The imports of the main module that only asynchronous functions use, if the library of the world
/// has none. Functions come first among the imports of the main module.
pub fn unused(main: &[Import<'_>], dylib: &[Import<'_>]) -> Vec<u32> {
    const ASYNC: [&str; 4] = ["[async-lower]", "[task-return]", "[future-", "[stream-"];
    const BUILTINS: [&str; 7] = [
        "[async-lower]",
        "[context-",
        "[future-",
        "[stream-",
        "[subtask-",
        "[task-",
        "[waitable-",
    ];
    let starts = |name: &str, all: &[&str]| all.iter().any(|prefix| name.starts_with(prefix));
    if dylib.iter().any(|import| starts(import.name, &ASYNC)) {
        return Vec::new();
    }
    let used: BTreeSet<_> = dylib.iter().map(|i| (i.module, i.name)).collect();
    (0..)
        .zip(main)
        .filter(|(_, import)| {
            matches!(import.module, "$root" | "[export]$root")
                && starts(import.name, &BUILTINS)
                && !used.contains(&(import.module, import.name))
        })
        .map(|(index, _)| index)
        .collect()
}

/// Replaces built-in functions that only asynchronous functions use by traps, in the interpreter among
/// shared libraries. Returns the library of these, if there are any.
pub fn stubs(libraries: &mut [Library]) -> Result<Option<Vec<u8>>> {
    let mut functions = BTreeMap::new();
    let mut rewritten = Vec::new();
    {
        let mut modules = Vec::new();
        for library in libraries.iter() {
            let module = Module::new(&library.bytes);
            modules.push(module.map_err(|e| invalid(&library.name, e.message()))?);
        }
        let is_interpreter = |module: &&Module| module.exports.contains_key(INTERPRETER);
        let others = modules.iter().filter(|module| !is_interpreter(module));
        let others: Vec<Import> = others.flat_map(|m| m.imports.iter().copied()).collect();
        for (at, module) in modules.iter().enumerate() {
            let Some(library) = libraries.get(at).filter(|_| is_interpreter(&module)) else {
                continue;
            };
            let unused: BTreeSet<u32> = unused(&module.imports, &others).into_iter().collect();
            if unused.is_empty() {
                continue;
            }
            let new = redirect(&library.bytes, module, &unused, &mut functions)
                .map_err(|e| invalid(&library.name, &e.to_string()))?;
            rewritten.push((at, new));
        }
    }
    for (at, bytes) in rewritten {
        if let Some(library) = libraries.get_mut(at) {
            library.bytes = bytes;
        }
    }
    if functions.is_empty() {
        return Ok(None);
    }
    let library = traps(&functions).map_err(|e| invalid(LIBRARY, &e.to_string()))?;
    Ok(Some(library))
}

fn invalid(name: &str, message: &str) -> Diagnostic {
    Diagnostic::new(format!("`{name}` is not a valid module: {message}")).hint("rebuild it")
}

/// Imports the functions from another library.
fn redirect(
    bytes: &[u8],
    module: &Module<'_>,
    unused: &BTreeSet<u32>,
    functions: &mut BTreeMap<String, FuncType>,
) -> std::result::Result<Vec<u8>, wasm_encoder::reencode::Error> {
    let types = module.signatures();
    let mut imports = ImportSection::new();
    for (index, import) in (0..).zip(&module.imports) {
        let ty = RoundtripReencoder.entity_type(import.ty)?;
        let signature = match import.ty {
            TypeRef::Func(ty) if unused.contains(&index) => types.get(ty as usize),
            _ => None,
        };
        let Some(signature) = signature else {
            imports.import(import.module, import.name, ty);
            continue;
        };
        let name = format!("{}{}", import.module, import.name);
        imports.import("env", &name, ty);
        functions.insert(name, (*signature).clone());
    }
    let mut out = wasm_encoder::Module::new();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        if matches!(payload, Payload::ImportSection(_)) {
            out.section(&imports);
        } else if let Some((id, data)) = section(bytes, &payload) {
            out.section(&RawSection { id, data });
        }
    }
    Ok(out.finish())
}

/// A shared library of functions that trap.
fn traps(
    functions: &BTreeMap<String, FuncType>,
) -> std::result::Result<Vec<u8>, wasm_encoder::reencode::Error> {
    let mut types = TypeSection::new();
    let mut declared = FunctionSection::new();
    let mut exports = ExportSection::new();
    let mut code = CodeSection::new();
    for (index, (name, ty)) in (0..).zip(functions) {
        let ty = RoundtripReencoder.func_type(ty.clone())?;
        types.ty().func_type(&ty);
        declared.function(index);
        exports.export(name, ExportKind::Func, index);
        let mut body = Function::new([]);
        body.instructions().unreachable().end();
        code.function(&body);
    }
    let mut module = wasm_encoder::Module::new();
    module
        .section(&CustomSection {
            name: Cow::Borrowed("dylink.0"),
            // WASM_DYLINK_MEM_INFO: neither memory nor table.
            data: Cow::Borrowed(&[1, 4, 0, 0, 0, 0]),
        })
        .section(&types)
        .section(&declared)
        .section(&exports)
        .section(&code);
    Ok(module.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIN: &str = "(module
      (import \"$root\" \"[waitable-set-new]\" (func $new (result i32)))
      (import \"env\" \"memory\" (memory 0))
      (import \"$root\" \"[thread-yield]\" (func $yield (result i32)))
      (import \"[export]$root\" \"[task-cancel]\" (func $cancel))
      (func (export \"wit_dylib_initialize\")
        (drop (call $new)) (drop (call $yield)) (call $cancel)))";

    /// The imports of an interpreter that is linked with the library of a world, and the exports of
    /// what traps.
    fn stubbed(world: &str) -> (Vec<String>, Vec<String>) {
        let library = |name: &str, text: &str| Library {
            name: name.to_owned(),
            bytes: wat::parse_str(text).expect("wat"),
            open: false,
        };
        let mut libraries = [library("world", world), library("main", MAIN)];
        let before = libraries[0].bytes.clone();
        let traps = stubs(&mut libraries).expect("libraries");
        assert_eq!(libraries[0].bytes, before);
        let [_, Library { bytes: main, .. }] = &libraries;
        wasmparser::validate(main).expect("valid");
        let main = Module::new(main).expect("a module");
        let imports = main.imports.iter();
        let imports = imports
            .map(|i| format!("{} {}", i.module, i.name))
            .collect();
        let Some(traps) = traps else {
            return (imports, Vec::new());
        };
        wasmparser::validate(&traps).expect("valid");
        let traps = Module::new(&traps).expect("a module");
        let exports = traps.exports.keys().map(|name| (*name).to_owned());
        (imports, exports.collect())
    }

    #[test]
    fn unused_ones_are_traps() {
        let world = "(module (import \"$root\" \"[task-cancel]\" (func)))";
        let expected = [
            "env $root[waitable-set-new]",
            "env memory",
            "$root [thread-yield]",
            "env [export]$root[task-cancel]",
        ];
        let (imports, exports) = stubbed(world);
        assert_eq!(imports, expected);
        assert_eq!(
            exports,
            ["$root[waitable-set-new]", "[export]$root[task-cancel]"]
        );
    }

    #[test]
    fn those_of_asynchronous_worlds_stay() {
        let world = "(module (import \"[export]$root\" \"[task-return]run\" (func)))";
        let expected = [
            "$root [waitable-set-new]",
            "env memory",
            "$root [thread-yield]",
            "[export]$root [task-cancel]",
        ];
        assert_eq!(
            stubbed(world),
            (expected.map(str::to_owned).to_vec(), Vec::new())
        );
    }
}
