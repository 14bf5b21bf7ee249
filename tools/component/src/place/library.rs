//! What a generated library is, and what it needs of an interpreter.

use super::parsed::Parsed;
use crate::module::Kind;
use rules_wit_common::{Diagnostic, Result};
use std::collections::{BTreeSet, HashMap};
use wasmparser::{Dylink0Subsection, FuncType, MemInfo, TypeRef};

/// The functions of the library that `_initialize` calls, in this order. The second one calls
/// `wit_dylib_initialize`.
pub const INITIALIZERS: [&str; 2] = ["__wasm_apply_data_relocs", "__wasm_call_ctors"];

/// What a function of the library that is imported from `env` is.
#[derive(Clone, Copy)]
pub enum Target {
    /// A function of the interpreter.
    Main(u32),
    /// An import of the result, by its number.
    Import(u32),
}

/// What a global is that the library imports.
#[derive(Clone, Copy)]
pub enum Base {
    Memory,
    Table,
    StackPointer,
}

/// The sizes of the library.
pub fn info(dylib: &Parsed<'_>) -> Result<MemInfo> {
    let not_generated = |why: &str| {
        Diagnostic::new(format!(
            "`{}` is not the library of a world: {why}",
            dylib.shown
        ))
        .hint("pass a library that `component dylib` generates")
        .rule_hint("pass a target of `wit_dylib`")
    };
    let Some(reader) = dylib.dylink.clone() else {
        return Err(not_generated("it has no `dylink.0` section").into());
    };
    let mut info = None;
    for part in reader {
        let part = part.map_err(|e| not_generated(e.message()))?;
        if let Dylink0Subsection::MemInfo(found) = part {
            info = Some(found);
        }
    }
    let info = info.ok_or_else(|| not_generated("it does not state its size"))?;
    if info.memory_alignment > 16 || info.table_alignment > 16 {
        return Err(not_generated("its alignment is larger than a page").into());
    }
    for kind in [Kind::Table, Kind::Memory, Kind::Global, Kind::Tag] {
        if dylib.module.defined(kind) > 0 {
            return Err(not_generated("it defines a memory, table, global or tag").into());
        }
    }
    if dylib.module.start.is_some() {
        return Err(not_generated("it has a start function").into());
    }
    if dylib.exported(INITIALIZERS[1], Kind::Func).is_none() {
        return Err(not_generated("it does not export `__wasm_call_ctors`").into());
    }
    for name in INITIALIZERS {
        if let Some(index) = dylib.exported(name, Kind::Func) {
            let ty = dylib.signature(index);
            if ty.is_none_or(|ty| !ty.params().is_empty() || !ty.results().is_empty()) {
                return Err(not_generated(&format!("`{name}` has parameters or results")).into());
            }
        }
    }
    Ok(info)
}

/// What each function is that the library imports, and which imports are new.
pub fn functions(main: &Parsed<'_>, dylib: &Parsed<'_>) -> Result<(Vec<Target>, Vec<usize>)> {
    let (mut targets, mut new) = (Vec::new(), Vec::new());
    let (mut missing, mut wrong) = (Vec::new(), Vec::new());
    // The imports of the main module are functions.
    let shared: HashMap<(&str, &str), u32> = (0..)
        .zip(&main.module.imports)
        .map(|(i, import)| ((import.module, import.name), i))
        .collect();
    for (i, import) in dylib.module.imports.iter().enumerate() {
        if !matches!(import.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)) {
            continue;
        }
        let index = targets.len() as u32;
        let wanted = dylib.signature(index);
        let found = match import.module {
            "env" => main.exported(import.name, Kind::Func).map(Target::Main),
            _ => Some(match shared.get(&(import.module, import.name)) {
                Some(at) => Target::Main(*at),
                None => {
                    new.push(i);
                    Target::Import(new.len() as u32 - 1)
                }
            }),
        };
        match found {
            Some(Target::Main(at)) if main.signature(at) != wanted => {
                let show = |ty: Option<&FuncType>| ty.map(ToString::to_string).unwrap_or_default();
                wrong.push(format!(
                    "  {}: {} instead of {}",
                    import.name,
                    show(main.signature(at)),
                    show(wanted)
                ));
            }
            None => missing.push(format!("  {}", import.name)),
            Some(_) => {}
        }
        targets.push(found.unwrap_or(Target::Main(0)));
    }
    let hint = "implement all functions in `wit_dylib.h`, of the version of the library";
    if !missing.is_empty() {
        return Err(Diagnostic::new(format!(
            "`{}` does not export functions that `{}` calls",
            main.shown, dylib.shown
        ))
        .note(format!("functions:\n{}", missing.join("\n")))
        .hint(hint)
        .into());
    }
    if !wrong.is_empty() {
        return Err(Diagnostic::new(format!(
            "functions of `{}` have other types than `{}` calls them with",
            main.shown, dylib.shown
        ))
        .note(format!("functions:\n{}", wrong.join("\n")))
        .hint(hint)
        .into());
    }
    Ok((targets, new))
}

/// What each global is that the library imports. Also checks its other imports.
pub fn globals(dylib: &Parsed<'_>) -> Result<Vec<Base>> {
    let mut bases = Vec::new();
    for import in &dylib.module.imports {
        let base = match (import.ty, import.module, import.name) {
            (TypeRef::Func(_) | TypeRef::FuncExact(_), ..) => continue,
            (TypeRef::Memory(ty), "env", "memory") if !ty.memory64 && !ty.shared => continue,
            (TypeRef::Table(ty), "env", "__indirect_function_table") if !ty.table64 => continue,
            (TypeRef::Global(ty), "env", name) if ty.content_type == wasmparser::ValType::I32 => {
                match (name, ty.mutable) {
                    ("__memory_base", false) => Some(Base::Memory),
                    ("__table_base", false) => Some(Base::Table),
                    ("__stack_pointer", true) => Some(Base::StackPointer),
                    _ => None,
                }
            }
            _ => None,
        };
        let unknown = || {
            Diagnostic::new(format!(
                "`{}` imports `{}.{}`, which an interpreter does not have",
                dylib.shown, import.module, import.name
            ))
            .hint("pass a library that `component dylib` generates")
            .rule_hint("pass a target of `wit_dylib`")
        };
        bases.push(base.ok_or_else(unknown)?);
    }
    Ok(bases)
}

/// Checks that no export of the result has two definitions.
pub fn check_exports(main: &Parsed<'_>, dylib: &Parsed<'_>) -> Result<()> {
    let others: BTreeSet<&str> = main_exports(main, dylib).map(|(name, ..)| name).collect();
    let both: Vec<String> = exports(dylib)
        .filter(|(name, ..)| others.contains(name))
        .map(|(name, ..)| format!("  {name}"))
        .collect();
    if both.is_empty() {
        return Ok(());
    }
    Err(Diagnostic::new(format!(
        "`{}` and `{}` have exports of the same names",
        main.shown, dylib.shown
    ))
    .note(format!("exports:\n{}", both.join("\n")))
    .hint("do not export the functions of the world from the interpreter")
    .into())
}

/// The exports of the library that the result has.
pub fn exports<'a>(dylib: &'a Parsed<'_>) -> impl Iterator<Item = (&'a str, Kind, u32)> + use<'a> {
    let all = dylib.module.exports.iter();
    all.filter(|(name, _)| !INITIALIZERS.contains(name))
        .map(|(name, (kind, index))| (*name, *kind, *index))
}

/// The exports of the interpreter that the result has: those that the library does not import, and
/// that do not initialize.
pub fn main_exports<'a>(
    main: &'a Parsed<'_>,
    dylib: &Parsed<'_>,
) -> impl Iterator<Item = (&'a str, Kind, u32)> + use<'a> {
    let imports = dylib.module.imports.iter();
    let mut used: BTreeSet<String> = imports
        .filter(|import| import.module == "env" && import.name != "memory")
        .map(|import| import.name.to_owned())
        .collect();
    used.extend(INITIALIZERS.map(str::to_owned));
    used.extend(
        [
            "_initialize",
            "__stack_pointer",
            "__indirect_function_table",
        ]
        .map(str::to_owned),
    );
    let all = main.module.exports.iter();
    all.filter(move |(name, _)| !used.contains(**name))
        .map(|(name, (kind, index))| (*name, *kind, *index))
}
