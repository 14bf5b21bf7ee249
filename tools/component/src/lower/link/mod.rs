//! Step 3 of lowering: binds all imports of all instances, adds the builtins that they need, and
//! assigns every item its index in the merged module.

mod builtins;
mod instance;
mod linked;
mod linker;

pub use instance::Def;
pub use linked::Linked;

use super::error::Result;
use super::translate::Translated;
use wasmtime_environ::ScopeVec;

/// Links a translated component. Builtins are stored in `arena`; with `vectors`, they may use
/// vector instructions.
pub fn link<'a>(
    translated: &'a Translated<'a>,
    arena: &'a ScopeVec<u8>,
    vectors: bool,
) -> Result<Linked<'a>> {
    let mut linked = linker::instantiate(translated)?;
    for builtin in builtins::modules(translated, &mut linked, vectors)? {
        linked.add_builtin(arena.push(builtin.wasm), builtin.imports, &builtin.exports)?;
    }
    linked.resolve();
    linked.assign_indices();
    Ok(linked)
}
