//! Makes one table of several, for engines that know one only.
//!
//! Nothing that these engines have changes a table, so each is a part of the one with a fixed place
//! and size: an indirect call checks the index against the size and adds the place.

use super::parse::{functions, Parsed};
use super::sections::{Body, Sections};
use super::{fail, unsupported};
use rules_wit_common::Result;
use wasm_encoder::{BlockType, ConstExpr, Elements, Instruction, RefType, TableType, ValType};
use wasmparser::{Element, ElementKind, TableInit};

/// The tables of a module.
pub struct Tables<'p, 'a> {
    parsed: &'p Parsed<'a>,
    /// Where each begins, and how long it is.
    places: Vec<(u64, u64)>,
}

impl<'p, 'a> Tables<'p, 'a> {
    /// Places the tables: `None` if they are not all of functions, or change while the module runs.
    pub fn new(parsed: &'p Parsed<'a>) -> Option<Self> {
        let passive = |e: &Element<'_>| matches!(e.kind, ElementKind::Passive);
        if parsed.elements.iter().any(passive) {
            return None;
        }
        let mut at = 0;
        let mut places = Vec::new();
        for table in &parsed.tables {
            let plain = matches!(table.init, TableInit::RefNull);
            let ty = &table.ty;
            if !plain || ty.table64 || ty.shared || ty.element_type != wasmparser::RefType::FUNCREF
            {
                return None;
            }
            places.push((at, ty.initial));
            at += ty.initial;
        }
        Some(Tables { parsed, places })
    }

    /// Writes the table and its elements.
    pub fn write(&self, out: &mut Sections) -> Result<()> {
        let parsed = self.parsed;
        if !self.places.is_empty() {
            let size = self.places.iter().map(|(_, size)| size).sum();
            out.tables.table(TableType {
                element_type: RefType::FUNCREF,
                minimum: size,
                maximum: Some(size),
                table64: false,
                shared: false,
            });
        }
        for element in &parsed.elements {
            // What is declared is for references, which there are none of.
            let ElementKind::Active {
                table_index,
                offset_expr,
            } = &element.kind
            else {
                continue;
            };
            let place = self.places.get(table_index.unwrap_or(0) as usize);
            let offset = parsed.integer(offset_expr).map(|at| u64::from(at as u32));
            let (Some((at, size)), Some(offset)) = (place, offset) else {
                return Err(unsupported(
                    "elements are put where only the running module knows",
                    "lower for an engine with several tables, such as `--features wasm2`",
                ));
            };
            let Some(items) = functions(&element.items).map_err(|e| fail(&e))? else {
                return Err(unsupported(
                    "an element is neither a function nor null",
                    "lower for an engine that has it, such as `--features wasm3`",
                ));
            };
            if offset + items.len() as u64 > *size {
                return Err(unsupported(
                    "elements do not fit in their table",
                    "instantiating the component would trap",
                ));
            }
            // What is null is so from the beginning.
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

    /// Gives the instruction that follows what is written for it.
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
        if let (2.., Some((at, size))) = (self.places.len(), self.places.get(table_index as usize))
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
