//! The one heap of all libraries.

use super::copies::COPY;
use super::glue::{Code, Glue};
use super::link::defined;
use super::object::Object;
use super::world::Chosen;
use rules_wit_common::{Diagnostic, Result};
use std::collections::BTreeMap;
use wasm_encoder::{BlockType, Instruction as I, ValType};
use wasmparser::{KnownCustom, Linking, Name, Operator, Parser, Payload, SymbolFlags, SymbolInfo};

/// Writes what hosts take memory with, if anything has memory to give.
pub fn functions(objects: &[Object], chosen: &Chosen, glue: &mut Glue) -> Result<bool> {
    let has = |name: &str| objects.iter().any(|o| defined(o).any(|d| d == name));
    let copies = glue.has(COPY);
    if !has("malloc") || !has("realloc") {
        return match copies || chosen.needs_memory {
            true => Err(Diagnostic::new("no library has `malloc` and `realloc`")
                .hint("link an allocator too: in Bazel, the default of the attribute `allocator`")
                .into()),
            false => Ok(false),
        };
    }
    let i32s = |n: usize| vec![ValType::I32; n];
    glue.import("malloc", (i32s(1), i32s(1)));
    glue.import("realloc", (i32s(2), i32s(1)));
    // (old, old size, alignment, size) -> address. Blocks of `malloc` are aligned to 8, the most
    // that WIT types need; a block of no size is its alignment, as in Rust.
    let mut code = Code::new(4);
    code.ops(&[
        I::LocalGet(3),
        I::I32Eqz,
        I::If(BlockType::Empty),
        I::LocalGet(2),
        I::Return,
        I::End,
        I::LocalGet(1),
        I::If(BlockType::Result(ValType::I32)),
        I::LocalGet(0),
        I::LocalGet(3),
    ]);
    code.call("realloc");
    code.ops(&[I::Else, I::LocalGet(3)]);
    code.call("malloc");
    code.ops(&[I::End, I::LocalSet(0)]);
    code.trap_if_null(0);
    code.ops(&[I::LocalGet(0)]);
    glue.function(
        "cabi_realloc",
        (i32s(4), i32s(1)),
        SymbolFlags::empty(),
        code,
    );
    Ok(true)
}

/// Blocks pass from one library to another, so all have to come from one allocator; only allocators
/// make the memory grow. Functions of other libraries than that with `malloc` must not.
pub fn check(objects: &[Object], module: &[u8]) -> Result<()> {
    let left = growing(module);
    if left.len() < 2 {
        return Ok(());
    }
    let has = |o: &&Object| defined(o).any(|name| name == "malloc");
    let mut allowed = match objects.iter().find(has) {
        Some(object) => growing(&object.write()),
        // Whoever has one of them has a heap of its own, and so has another.
        None => left.iter().take(1).cloned().collect(),
    };
    let mut foreign = Vec::new();
    for name in left {
        match allowed.iter().position(|a| *a == name) {
            Some(index) => {
                allowed.swap_remove(index);
            }
            None => foreign.push(format!("`{name}`")),
        }
    }
    if foreign.is_empty() {
        return Ok(());
    }
    Err(Diagnostic::new("a library has an allocator of its own, but blocks pass from one library to another")
        .note(format!("memory grows in {}", foreign.join(" and in ")))
        .hint("let it take memory from `malloc`: in Rust with `runtime = \"static\"`, as rust_wasm_static_library has it")
        .into())
}

/// The names of functions that make the memory grow.
fn growing(module: &[u8]) -> Vec<String> {
    let mut imports = 0_u32;
    let mut names = BTreeMap::new();
    let mut found = Vec::new();
    let mut index = 0_u32;
    for payload in Parser::new(0).parse_all(module).flatten() {
        match payload {
            Payload::ImportSection(section) => {
                let functions = section.into_imports().flatten();
                imports = functions
                    .filter(|i| matches!(i.ty, wasmparser::TypeRef::Func(_)))
                    .count() as u32;
            }
            Payload::CodeSectionEntry(body) => {
                let grows = body.get_operators_reader().is_ok_and(|operators| {
                    let mut operators = operators.into_iter().flatten();
                    operators.any(|op| matches!(op, Operator::MemoryGrow { .. }))
                });
                if grows {
                    found.push(imports + index);
                }
                index += 1;
            }
            Payload::CustomSection(section) => match section.as_known() {
                KnownCustom::Name(reader) => {
                    for subsection in reader.into_iter().flatten() {
                        if let Name::Function(map) = subsection {
                            let map = map.into_iter().flatten();
                            names.extend(map.map(|n| (n.index, n.name.to_owned())));
                        }
                    }
                }
                KnownCustom::Linking(reader) => {
                    for subsection in reader.subsections().flatten() {
                        let Linking::SymbolTable(map) = subsection else {
                            continue;
                        };
                        for symbol in map.into_iter().flatten() {
                            if let SymbolInfo::Func {
                                index,
                                name: Some(name),
                                ..
                            } = symbol
                            {
                                names.entry(index).or_insert_with(|| name.to_owned());
                            }
                        }
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
    let name = |index: &u32| {
        names
            .get(index)
            .map_or(format!("function {index}"), Clone::clone)
    };
    found.iter().map(name).collect()
}
