//! Builtins of component engines as core modules: copying strings, handles of resources, and traps.

mod builtin;
mod handles;
mod transcode;
mod traps;

use super::instance::Def;
use super::linked::Linked;
use crate::lower::error::{Error, Result};
use crate::lower::translate::Translated;
use builtin::Builtin;
use handles::Handles;
use std::collections::{BTreeMap, BTreeSet};
use traps::Traps;
use wasmtime_environ::component::{Trampoline, TrampolineIndex};

/// Makes the modules for all builtins that are imported. With `vectors`, they may use vector
/// instructions.
pub fn modules(
    translated: &Translated<'_>,
    linked: &mut Linked<'_>,
    vectors: bool,
) -> Result<Vec<Builtin>> {
    let mut used = BTreeSet::new();
    let imports = linked.instances.iter().flat_map(|i| &i.imports);
    for def in imports.chain(linked.destructors.values()) {
        if let Def::Trampoline(index) = def {
            used.insert(*index);
        }
    }
    // By the kind of copy and the two memories: the text of the module, and what it implements.
    let mut copies: BTreeMap<(String, u32, u32), (String, Vec<TrampolineIndex>)> = BTreeMap::new();
    let mut traps = Traps::default();
    let mut handles = Handles::new(translated, linked)?;
    for index in used {
        match &translated.component.trampolines[index] {
            Trampoline::Transcoder { op, from, to, .. } => {
                let key = (op.desc().to_owned(), from.as_u32(), to.as_u32());
                let entry = copies.entry(key);
                let entry = entry.or_insert_with(|| (transcode::module(*op, vectors), Vec::new()));
                entry.1.push(index);
            }
            Trampoline::Trap(_) | Trampoline::LowerImport { .. } => traps.add(translated, index)?,
            trampoline => handles.add(linked, index, trampoline)?,
        }
    }
    let mut modules = Vec::new();
    for ((_, from, to), (text, indices)) in copies {
        let memory = |index: u32| {
            let def = linked.memories.get(&index).cloned();
            def.ok_or_else(|| Error::internal("a memory"))
        };
        modules.push(Builtin {
            wasm: wat::parse_str(text)?,
            imports: vec![memory(from)?, memory(to)?],
            exports: indices.into_iter().map(|i| (i, "f".to_owned())).collect(),
        });
    }
    modules.extend(traps.finish()?);
    modules.extend(handles.finish(linked)?);
    Ok(modules)
}
