//! Whether a library can be placed in an interpreter, and where.

use super::library::{self, Base, Target, INITIALIZERS};
use super::parsed::Parsed;
use crate::async_builtins;
use crate::module::Kind;
use crate::script_sources::{self, Sources};
use rules_wit_common::{Diagnostic, Result};
use wasmparser::TypeRef;

/// The size of a page.
const PAGE: u64 = 0x1_0000;

/// The most pages of a memory, and the most elements of a table.
const MAX_PAGES: u64 = 0x1_0000;
const MAX_TABLE: u64 = 10_000_000;

/// Two modules that fit, and the addresses of the second one.
pub struct Checked<'a> {
    pub main: Parsed<'a>,
    pub dylib: Parsed<'a>,
    /// The indices in the main module.
    pub memory: u32,
    pub table: u32,
    pub stack_pointer: u32,
    /// The initializers of the main module, and of the library.
    pub initialize: u32,
    pub initializers: Vec<u32>,
    /// What each function is that the library imports, and each global.
    pub functions: Vec<Target>,
    pub globals: Vec<Base>,
    /// The imports of the library that the result has in addition to those of the main module.
    pub imports: Vec<usize>,
    /// The import of the main module that returns the sources.
    pub sources_import: Option<u32>,
    /// The imports of the main module that are replaced by traps.
    pub traps: Vec<u32>,
    pub memory_base: u32,
    pub table_base: u32,
    /// The initial sizes.
    pub pages: u64,
    pub elements: u64,
    /// The sources at their address, and the address of their table.
    pub sources: (u32, Vec<u8>),
}

impl<'a> Checked<'a> {
    /// Checks the modules.
    pub fn new(main: Parsed<'a>, dylib: Parsed<'a>, sources: &Sources) -> Result<Self> {
        check_kind(&main)?;
        let info = library::info(&dylib)?;
        let sources_import = check_imports(&main)?;
        if !sources.is_empty() && sources_import.is_none() {
            return Err(Diagnostic::new(format!(
                "`{}` takes no sources: it does not import `env.{}`",
                main.shown,
                script_sources::FUNCTION
            ))
            .hint("call the function in the interpreter, or pass no `--source`")
            .rule_hint("call the function in the interpreter, or set no `srcs`")
            .into());
        }
        let memory = memory(&main)?;
        let table = table(&main)?;
        let stack_pointer = stack_pointer(&main)?;
        let initialize = initialize(&main)?;
        let initializers = INITIALIZERS
            .iter()
            .filter_map(|name| dylib.exported(name, Kind::Func))
            .collect();
        let (functions, imports) = library::functions(&main, &dylib)?;
        let globals = library::globals(&dylib)?;
        library::check_exports(&main, &dylib)?;
        let traps = async_builtins::unused(&main.module.imports, &dylib.module.imports);

        let memory_type = main.module.memories[memory as usize];
        let table_type = main.module.tables[table as usize].ty;
        // Pages and tables are aligned to more than any alignment that is accepted.
        let memory_base = memory_type.initial.saturating_mul(PAGE);
        let table_base = align(table_type.initial, info.table_alignment);
        let after_library = align(
            memory_base.saturating_add(u64::from(info.memory_size)),
            script_sources::ALIGNMENT,
        );
        let mut layout = sources.layout();
        let size = match sources_import {
            Some(_) => layout.data.len() as u64,
            None => 0,
        };
        let end = after_library.saturating_add(size);
        let pages = end.div_ceil(PAGE);
        let elements = table_base.saturating_add(u64::from(info.table_size));
        let limits = [
            (
                "memory",
                "pages",
                pages,
                memory_type.maximum,
                MAX_PAGES,
                "--max-memory",
            ),
            (
                "table",
                "elements",
                elements,
                table_type.maximum,
                MAX_TABLE,
                "--growable-table",
            ),
        ];
        for (what, unit, needed, maximum, limit, flag) in limits {
            let allowed = maximum.unwrap_or(limit).min(limit);
            if needed > allowed {
                let hint = match flag {
                    "--growable-table" => "link it with `--growable-table`",
                    _ => "link it without `--max-memory`, or with a larger one",
                };
                return Err(Diagnostic::new(format!(
                    "the {what} of `{}` has room for {allowed} {unit}, and needs {needed} with the library",
                    main.shown
                ))
                .hint(hint)
                .into());
            }
        }
        let base = |address: u64| u32::try_from(address).unwrap_or(u32::MAX);
        layout.relocate(base(after_library));
        Ok(Checked {
            memory,
            table,
            stack_pointer,
            initialize,
            initializers,
            functions,
            globals,
            imports,
            sources_import,
            traps,
            memory_base: base(memory_base),
            table_base: base(table_base),
            pages,
            elements,
            sources: (base(after_library), layout.data),
            main,
            dylib,
        })
    }
}

fn align(value: u64, log2: u32) -> u64 {
    value.next_multiple_of(1 << log2)
}

/// Checks that the main module is linked, and no library.
fn check_kind(main: &Parsed<'_>) -> Result<()> {
    let shown = main.shown;
    if main.dylink.is_some() {
        return Err(Diagnostic::new(format!("`{shown}` is a shared library"))
            .hint("link it without `-shared`, or use `component link`")
            .into());
    }
    if main.is_object {
        return Err(
            Diagnostic::new(format!("`{shown}` is not linked: it is an object file"))
                .hint("link it with `wasm-ld`")
                .into(),
        );
    }
    if main.module.exports.contains_key("_start") {
        return Err(Diagnostic::new(format!(
            "`{shown}` is a command: it exports `_start`, which can be called only once"
        ))
        .hint("link it as a reactor: with `crt1-reactor.o` and `--no-entry`")
        .into());
    }
    Ok(())
}

/// Checks that somebody provides what the main module imports. Returns the import that returns the
/// sources.
fn check_imports(main: &Parsed<'_>) -> Result<Option<u32>> {
    let mut missing = Vec::new();
    let mut sources = None;
    for (i, import) in (0..).zip(&main.module.imports) {
        let is_function = matches!(import.ty, TypeRef::Func(_) | TypeRef::FuncExact(_));
        // All imports before it are functions, or the module is refused.
        if is_function && (import.module, import.name) == ("env", script_sources::FUNCTION) {
            sources = Some(i);
        } else if !is_function || import.module == "env" || import.module.starts_with("GOT.") {
            missing.push(format!("  {}.{}", import.module, import.name));
        }
    }
    if let Some(index) = sources {
        let ty = main.signature(index).map(ToString::to_string);
        let ok = main
            .signature(index)
            .is_some_and(|ty| ty.params().is_empty() && ty.results() == [wasmparser::ValType::I32]);
        if !ok {
            return Err(Diagnostic::new(format!(
                "`{}` imports `env.{}` as `{}` instead of `(func (result i32))`",
                main.shown,
                script_sources::FUNCTION,
                ty.unwrap_or_default()
            ))
            .hint("declare it as in `wit_dylib.h`")
            .into());
        }
    }
    if missing.is_empty() {
        return Ok(sources);
    }
    missing.dedup();
    Err(
        Diagnostic::new(format!("`{}` imports what nobody provides", main.shown))
            .note(format!("imports:\n{}", missing.join("\n")))
            .hint("link the library that defines it into the interpreter")
            .into(),
    )
}

fn memory(main: &Parsed<'_>) -> Result<u32> {
    let refused = |why: &str, hint: &str| {
        Diagnostic::new(format!("the memory of `{}` {why}", main.shown)).hint(hint)
    };
    let Some(index) = main.exported("memory", Kind::Memory) else {
        return Err(refused(
            "is not exported as `memory`",
            "link it without `--import-memory`, so that it exports its memory",
        )
        .into());
    };
    let memory = main.module.memories[index as usize];
    let (why, hint) = match () {
        () if memory.memory64 => ("is 64-bit", "compile it for wasm32"),
        () if memory.shared => ("is shared", "compile it without threads"),
        () if memory.page_size_log2.is_some() => ("has another page size", "link it without one"),
        () => return Ok(index),
    };
    Err(refused(why, hint).into())
}

fn table(main: &Parsed<'_>) -> Result<u32> {
    let name = "__indirect_function_table";
    let index = match (main.exported(name, Kind::Table), &main.module.tables[..]) {
        (Some(index), _) => index,
        // A linker makes one.
        (None, [_]) => 0,
        (None, tables) => {
            let why = match tables.len() {
                0 => "has no table",
                _ => "has several tables",
            };
            return Err(Diagnostic::new(format!(
                "`{}` {why}, and exports none as `{name}`",
                main.shown
            ))
            .hint("link it with `--growable-table` and `--export-table`")
            .into());
        }
    };
    let ty = main.module.tables[index as usize].ty;
    if ty.element_type != wasmparser::RefType::FUNCREF || ty.table64 || ty.shared {
        return Err(Diagnostic::new(format!(
            "the table of `{}` is not a 32-bit table of functions",
            main.shown
        ))
        .hint("compile it for wasm32")
        .into());
    }
    Ok(index)
}

fn stack_pointer(main: &Parsed<'_>) -> Result<u32> {
    let name = "__stack_pointer";
    let index = main.exported(name, Kind::Global);
    let ty = index.and_then(|index| main.module.globals.get(index as usize));
    match (index, ty) {
        (Some(index), Some(global))
            if global.ty.mutable && global.ty.content_type == wasmparser::ValType::I32 =>
        {
            Ok(index)
        }
        _ => Err(Diagnostic::new(format!(
            "`{}` does not export its stack pointer",
            main.shown
        ))
        .hint(format!("link it with `--export={name}`"))
        .into()),
    }
}

/// The function that initializes the main module.
fn initialize(main: &Parsed<'_>) -> Result<u32> {
    for name in ["_initialize", INITIALIZERS[1]] {
        let Some(index) = main.exported(name, Kind::Func) else {
            continue;
        };
        let ty = main.signature(index);
        if ty.is_some_and(|ty| ty.params().is_empty() && ty.results().is_empty()) {
            return Ok(index);
        }
    }
    Err(Diagnostic::new(format!(
        "`{}` does not export `_initialize`, which runs its constructors",
        main.shown
    ))
    .hint("link it with `crt1-reactor.o` and `--export=_initialize`; without a libc, with `--export=__wasm_call_ctors`")
    .into())
}
