//! The function types of all modules, each once.

use super::reindex::ReindexTypes;
use crate::lower::error::{Error, Result};
use crate::module::Module;
use std::collections::HashMap;
use wasm_encoder::reencode::Reencode;
use wasm_encoder::{TypeSection, ValType};
use wasmparser::CompositeInnerType;

/// The types of the merged module.
#[derive(Default)]
pub struct Types {
    pub section: TypeSection,
    /// The index of each type, by parameters and results.
    known: HashMap<(Vec<ValType>, Vec<ValType>), u32>,
}

impl Types {
    /// Adds the types of a module; returns their indices.
    pub fn add(&mut self, module: &Module<'_>) -> Result<Vec<u32>> {
        const HINT: &str = "compile it without garbage collection";
        let mut own = Vec::new();
        for group in &module.types {
            for ty in group.types() {
                let CompositeInnerType::Func(func) = &ty.composite_type.inner else {
                    let what = "a module has types other than function types";
                    return Err(Error::unsupported(what, HINT));
                };
                if group.is_explicit_rec_group() || !ty.is_final || ty.supertype_idx.is_some() {
                    let what = "a module has types with supertypes";
                    return Err(Error::unsupported(what, HINT));
                }
                // Function types refer to earlier types only, through function references.
                let mut reindex = ReindexTypes { own: &own };
                let func = reindex.func_type(func.clone())?;
                own.push(self.index(func.params().to_vec(), func.results().to_vec()));
            }
        }
        Ok(own)
    }

    /// The index of a type, which is added if it is new.
    pub fn index(&mut self, params: Vec<ValType>, results: Vec<ValType>) -> u32 {
        let next = self.known.len() as u32;
        let section = &mut self.section;
        let entry = self.known.entry((params, results));
        *entry.or_insert_with_key(|(params, results)| {
            let (params, results) = (params.iter().copied(), results.iter().copied());
            section.ty().function(params, results);
            next
        })
    }
}
