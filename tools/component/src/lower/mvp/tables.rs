//! Moves all tables of a module into one.
//!
//! MVP code cannot change tables, so each has a fixed offset and size in the one table: an indirect
//! call checks the index against the size and adds the offset.

use crate::lower::error::{Error, Result};
use crate::module::{element_functions, Body, Module, Sections};
use wasm_encoder::{BlockType, ConstExpr, Elements, Instruction, RefType, TableType, ValType};
use wasmparser::{Element, ElementKind, TableInit};

/// The tables of a module.
pub struct Tables<'p, 'a> {
    module: &'p Module<'a>,
    /// The offset and the size of each.
    entries: Vec<(u64, u64)>,
}

impl<'p, 'a> Tables<'p, 'a> {
    /// Places the tables. `None` if one is not of functions, or changes at run time.
    pub fn new(module: &'p Module<'a>) -> Option<Self> {
        let passive = |e: &Element<'_>| matches!(e.kind, ElementKind::Passive);
        if module.elements.iter().any(passive) {
            return None;
        }
        let mut at = 0;
        let mut entries = Vec::new();
        for table in &module.tables {
            let plain = matches!(table.init, TableInit::RefNull);
            let ty = &table.ty;
            if !plain || ty.table64 || ty.shared || ty.element_type != wasmparser::RefType::FUNCREF
            {
                return None;
            }
            entries.push((at, ty.initial));
            at += ty.initial;
        }
        Some(Tables { module, entries })
    }

    /// Writes the table and its elements.
    pub fn write(&self, out: &mut Sections) -> Result<()> {
        let module = self.module;
        if !self.entries.is_empty() {
            let size = self.entries.iter().map(|(_, size)| size).sum();
            out.tables.table(TableType {
                element_type: RefType::FUNCREF,
                minimum: size,
                maximum: Some(size),
                table64: false,
                shared: false,
            });
        }
        for element in &module.elements {
            // Declared segments are for `ref.func`, which there is none of.
            let ElementKind::Active {
                table_index,
                offset_expr,
            } = &element.kind
            else {
                continue;
            };
            let entry = self.entries.get(table_index.unwrap_or(0) as usize);
            let offset = module.integer(offset_expr).map(|at| u64::from(at as u32));
            let (Some((at, size)), Some(offset)) = (entry, offset) else {
                return Err(Error::unsupported(
                    "the offset of an element segment is only known at run time",
                    "lower for an engine with several tables, such as `--features wasm2`",
                ));
            };
            let Some(items) = element_functions(&element.items)? else {
                return Err(Error::unsupported(
                    "an element is neither a function nor null",
                    "lower for an engine that has it, such as `--features wasm3`",
                ));
            };
            if offset + items.len() as u64 > *size {
                return Err(Error::unsupported(
                    "an element segment is out of bounds",
                    "instantiating the component would trap",
                ));
            }
            // Null items need no segment.
            let mut index = 0;
            for run in items.split(Option::is_none) {
                let run_at = at + offset + index as u64;
                index += run.len() + 1;
                let run: Vec<u32> = run.iter().flatten().copied().collect();
                if !run.is_empty() {
                    let at = ConstExpr::i32_const(run_at as u32 as i32);
                    let run = Elements::Functions(run.into());
                    out.elements.active(None, &at, run);
                }
            }
        }
        Ok(())
    }

    /// Writes what has to precede an instruction; returns the instruction for the one table.
    pub fn instruction<'b>(
        &self,
        out: &mut Body<'b>,
        instruction: Instruction<'b>,
    ) -> Instruction<'b> {
        use Instruction as I;
        let I::CallIndirect {
            type_index,
            table_index,
        } = instruction
        else {
            return instruction;
        };
        if let (2.., Some((at, size))) =
            (self.entries.len(), self.entries.get(table_index as usize))
        {
            let index = out.scratch(ValType::I32, 0);
            out.extend([
                I::LocalTee(index),
                I::I32Const(*size as u32 as i32),
                I::I32GeU,
                I::If(BlockType::Empty),
                I::Unreachable,
                I::End,
                I::LocalGet(index),
            ]);
            if *at > 0 {
                out.extend([I::I32Const(*at as u32 as i32), I::I32Add]);
            }
        }
        I::CallIndirect {
            type_index,
            table_index: 0,
        }
    }
}
