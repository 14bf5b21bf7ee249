//! Places a generated library behind the memory and the table of an interpreter, which makes one
//! core module of both.
//!
//! The interpreter needs no position-independent code: only the library is relocated. Its base
//! addresses become constants, its imports the functions of the interpreter. The initial memory
//! grows, so `__heap_end`, a constant in the interpreter, is still the end of its own memory.

mod check;
mod library;
mod merge;
mod parsed;

pub use parsed::{parse, Input, Parsed};

use crate::module::{gc, Keep};
use crate::script_sources::Sources;
use check::Checked;
use rules_wit_common::{Diagnostic, Result};

/// Places a library and the sources of a script in an interpreter. The same inputs give the same
/// bytes.
pub fn place(main: &Input<'_>, dylib: &Input<'_>, sources: &Sources) -> Result<Vec<u8>> {
    let checked = Checked::new(parse(main)?, parse(dylib)?, sources)?;
    let internal = |e: wasm_encoder::reencode::Error| {
        Diagnostic::new(format!(
            "internal error: cannot place `{}` in `{}`: {e}",
            dylib.shown, main.shown
        ))
        .hint("report it, with the modules if possible")
    };
    let merged = merge::merge(&checked).map_err(internal)?;
    let keep = Keep {
        imports: false,
        data_count: checked.main.data_count,
    };
    let (mut module, _) = gc(&merged, keep).map_err(internal)?;
    for (name, data) in &checked.main.custom {
        append(&mut module, name, data);
    }
    let worlds = checked.dylib.custom.iter();
    for (name, data) in worlds.filter(|(name, _)| name.starts_with("component-type")) {
        append(&mut module, name, data);
    }
    Ok(module)
}

fn append(module: &mut Vec<u8>, name: &str, data: &[u8]) {
    use wasm_encoder::Section;
    wasm_encoder::CustomSection {
        name: name.into(),
        data: data.into(),
    }
    .append_to(module);
}
