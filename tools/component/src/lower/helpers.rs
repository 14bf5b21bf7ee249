//! Functions and globals of our own, which are added to a module.

use super::error::Result;
use crate::module::{Kind, Module, Named, Sections, Space};
use std::collections::HashMap;
use wasm_encoder::reencode::{Error, Reencode};

/// Functions and globals that are appended to those of a module.
pub struct Helpers {
    wasm: Vec<u8>,
    /// The number of functions, types and globals in the module.
    functions: u32,
    types: u32,
    globals: u32,
    /// The exports, by their index in the module.
    exports: HashMap<String, u32>,
}

impl Helpers {
    /// Reads the helpers for `module` from the text of a module that imports nothing. Its memory
    /// stands for the one of `module`.
    pub fn new(text: &str, module: &Module<'_>) -> Result<Self> {
        let wasm = wat::parse_str(text)?;
        let count = |kind| module.imported(kind) + module.defined(kind);
        let (functions, globals) = (count(Kind::Func), count(Kind::Global));
        let types = module.signatures().len() as u32;
        let own = Module::new(&wasm)?;
        let exports = own.exports.iter().map(|(name, (kind, index))| {
            let first = match kind {
                Kind::Func => functions,
                _ => globals,
            };
            ((*name).to_owned(), first + index)
        });
        let exports = exports.collect();
        Ok(Helpers {
            wasm,
            functions,
            types,
            globals,
            exports,
        })
    }

    /// The index of a function or global that the helpers export.
    pub fn index(&self, name: &str) -> u32 {
        // An unknown name is a bug of this tool, which validation of the result finds.
        self.exports.get(name).copied().unwrap_or(u32::MAX)
    }

    /// Appends the helpers to all that `sections` has.
    pub fn append(&self, sections: &mut Sections) -> Result<()> {
        let own = Module::new(&self.wasm)?;
        let mut reindex = Appended(self);
        for group in &own.types {
            reindex.parse_recursive_type_group(sections.types.ty(), group.clone())?;
        }
        for ty in &own.functions {
            sections.functions.function(reindex.type_index(*ty)?);
        }
        for global in &own.globals {
            reindex.parse_global(&mut sections.globals, global.clone())?;
        }
        for body in &own.bodies {
            reindex.parse_function_body(&mut sections.code, body.clone())?;
        }
        sections
            .names
            .take(&own.names(), |named, index| match named {
                Named::Item(Space::Item(Kind::Func)) => Some(self.functions + index),
                Named::Item(Space::Item(Kind::Global)) => Some(self.globals + index),
                _ => None,
            });
        Ok(())
    }
}

/// Maps the indices of the helpers to those in the module.
struct Appended<'h>(&'h Helpers);

impl Reencode for Appended<'_> {
    type Error = std::convert::Infallible;

    fn type_index(&mut self, ty: u32) -> std::result::Result<u32, Error> {
        Ok(self.0.types + ty)
    }

    fn function_index(&mut self, index: u32) -> std::result::Result<u32, Error> {
        Ok(self.0.functions + index)
    }

    fn global_index(&mut self, index: u32) -> std::result::Result<u32, Error> {
        Ok(self.0.globals + index)
    }
}
