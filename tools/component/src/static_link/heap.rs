//! The heap that all libraries share.

use super::argument_copy::COPY;
use super::linked_world::LinkedWorld;
use super::object::{Object, Symbol, Target};
use super::object_writer::{Code, ObjectWriter};
use crate::module::{Kind, Module};
use rules_wit_common::{Diagnostic, Result};
use wasm_encoder::{BlockType, Instruction as I, ValType};
use wasmparser::{FunctionBody, Operator, SymbolFlags};

/// Writes `cabi_realloc`, if a library has an allocator; returns whether it does. Fails if memory
/// has to be allocated and there is no allocator.
pub fn functions(
    objects: &[Object],
    world: &LinkedWorld,
    writer: &mut ObjectWriter,
) -> Result<bool> {
    let has = |name: &str| objects.iter().any(|o| o.defined().any(|d| d == name));
    if !has("malloc") || !has("realloc") {
        return match writer.has(COPY) || world.needs_memory {
            true => Err(Diagnostic::new("no library defines `malloc` and `realloc`")
                .hint("link an allocator too")
                .rule_hint("link an allocator too: the default of `allocator` is one")
                .into()),
            false => Ok(false),
        };
    }
    let i32s = |n: usize| vec![ValType::I32; n];
    writer.import("malloc", (i32s(1), i32s(1)));
    writer.import("realloc", (i32s(2), i32s(1)));
    // (old, old size, alignment, size) -> address. Blocks of `malloc` are aligned to 8, the largest
    // alignment of WIT types. The address of an empty block is its alignment, as in Rust.
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
    writer.function(
        "cabi_realloc",
        (i32s(4), i32s(1)),
        SymbolFlags::empty(),
        code,
    );
    Ok(true)
}

/// Checks that the libraries share one allocator, as buffers pass from one to another. Only
/// allocators grow the memory, so only functions of the library with `malloc` may do so.
pub fn check(objects: &[Object], module: &[u8]) -> Result<()> {
    let growing = functions_that_grow(module, &[]);
    if growing.len() < 2 {
        return Ok(());
    }
    let has_malloc = |o: &&Object| o.defined().any(|name| name == "malloc");
    let mut allowed = match objects.iter().find(has_malloc) {
        Some(object) => functions_that_grow(&object.bytes, &object.symbols),
        // Without a shared allocator, each of these functions belongs to a heap of its own.
        None => growing.iter().take(1).cloned().collect(),
    };
    let mut foreign = Vec::new();
    for name in growing {
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
    Err(Diagnostic::new("a library has its own allocator, but libraries pass buffers to each other")
        .note(format!("memory grows in {}", foreign.join(" and in ")))
        .hint("let it allocate with `malloc`")
        .rule_hint("let it allocate with `malloc`; in Rust, with `runtime = \"static\"`, as in rust_wasm_static_library")
        .into())
}

/// The names of the functions that grow a memory: from the `name` section, else from the symbol
/// table.
fn functions_that_grow(wasm: &[u8], symbols: &[Symbol]) -> Vec<String> {
    let Ok(module) = Module::new(wasm) else {
        return Vec::new();
    };
    let names = module.names();
    let grows = |body: &FunctionBody<'_>| {
        body.get_operators_reader().is_ok_and(|operators| {
            let mut operators = operators.into_iter().flatten();
            operators.any(|op| matches!(op, Operator::MemoryGrow { .. }))
        })
    };
    let bodies = (module.imported(Kind::Func)..).zip(&module.bodies);
    let growing = bodies.filter(|(_, body)| grows(body));
    growing
        .map(|(index, _)| {
            let same = |symbol: &&Symbol| symbol.target == Target::Func(index);
            let symbol = || {
                let named = symbols.iter().filter(|s| s.name.is_some());
                named.into_iter().find(same)?.name.as_deref()
            };
            let name = names.function(index).or_else(symbol);
            name.map_or_else(|| format!("function {index}"), str::to_owned)
        })
        .collect()
}
