//! Functions that only trap.

use super::builtin::Builtin;
use crate::lower::error::{Error, Result};
use crate::lower::translate::Translated;
use std::fmt::Write;
use wasmtime_environ::component::TrampolineIndex;
use wasmtime_environ::WasmValType;

/// The text of the functions, and their exports.
#[derive(Default)]
pub struct Traps {
    text: String,
    exports: Vec<(TrampolineIndex, String)>,
}

impl Traps {
    /// Adds a function of the builtin's type.
    pub fn add(&mut self, translated: &Translated<'_>, index: TrampolineIndex) -> Result<()> {
        let ty = translated.component.component.trampolines[index];
        let ty = translated.types[ty].unwrap_func();
        let names = |types: &[WasmValType]| -> Result<String> {
            let mut all = String::new();
            for ty in types {
                all.push_str(match ty {
                    WasmValType::I32 => " i32",
                    WasmValType::I64 => " i64",
                    WasmValType::F32 => " f32",
                    WasmValType::F64 => " f64",
                    _ => return Err(Error::internal("a type of an adapter")),
                });
            }
            Ok(all)
        };
        let name = format!("trap{}", index.as_u32());
        // Writing to a string cannot fail.
        let _ = writeln!(
            self.text,
            "  (func (export {name:?}) (param{}) (result{}) unreachable)",
            names(ty.params())?,
            names(ty.results())?
        );
        self.exports.push((index, name));
        Ok(())
    }

    /// Makes the module, if there is any function.
    pub fn finish(self) -> Result<Option<Builtin>> {
        if self.exports.is_empty() {
            return Ok(None);
        }
        Ok(Some(Builtin {
            wasm: wat::parse_str(format!("(module $traps\n{})", self.text))?,
            imports: Vec::new(),
            exports: self.exports,
        }))
    }
}
