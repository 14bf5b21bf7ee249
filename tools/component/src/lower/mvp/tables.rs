//! Moves all tables of a module into one.
//!
//! MVP code cannot change tables, so each has a fixed offset and size in the one table: an indirect
//! call checks the index against the size and adds the offset.

use super::late::LateSegments;
use crate::lower::error::{Error, Result};
use crate::module::{element_functions, Body, Module, Sections};
use std::collections::BTreeMap;
use wasm_encoder::{BlockType, ConstExpr, Elements, Instruction, RefType, TableType, ValType};
use wasmparser::{ElementKind, TableInit};

/// The tables of a module.
pub struct Tables<'p, 'a> {
    module: &'p Module<'a>,
    late: &'p LateSegments,
    /// The offset and the size of each.
    entries: Vec<(u64, u64)>,
}

impl<'p, 'a> Tables<'p, 'a> {
    /// Places the tables. `None` if one is not of functions, or changes at run time.
    pub fn new(module: &'p Module<'a>, late: &'p LateSegments) -> Option<Self> {
        for (segment, element) in (0..).zip(&module.elements) {
            let passive = matches!(element.kind, ElementKind::Passive);
            if passive && late.segment(segment).is_none() {
                return None;
            }
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
        Some(Tables {
            module,
            late,
            entries,
        })
    }

    /// Writes the table and its elements, and with `references` the segments that declare functions
    /// for `ref.func`.
    pub fn write(&self, out: &mut Sections, references: bool) -> Result<()> {
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
        let mut run: Vec<u32> = Vec::new();
        let mut next = 0;
        let mut write = |run: &mut Vec<u32>, end: u64| {
            if !run.is_empty() {
                let at = ConstExpr::i32_const((end - run.len() as u64) as u32 as i32);
                let run = Elements::Functions(std::mem::take(run).into());
                out.elements.active(None, &at, run);
            }
        };
        for (at, function) in self.content()? {
            if at != next {
                write(&mut run, next);
            }
            run.push(function);
            next = at + 1;
        }
        write(&mut run, next);
        for element in &self.module.elements {
            if let (ElementKind::Declared, true) = (&element.kind, references) {
                let functions = element_functions(&element.items)?.unwrap_or_default();
                let functions: Vec<u32> = functions.into_iter().flatten().collect();
                out.elements.declared(Elements::Functions(functions.into()));
            }
        }
        Ok(())
    }

    /// The functions in the table, by their index.
    fn content(&self) -> Result<BTreeMap<u64, u32>> {
        let module = self.module;
        let mut content = BTreeMap::new();
        for (segment, element) in (0..).zip(&module.elements) {
            let (table, offset, late) = match &element.kind {
                ElementKind::Active {
                    table_index,
                    offset_expr,
                } => {
                    let offset = module.integer(offset_expr).map(|at| u64::from(at as u32));
                    (table_index.unwrap_or(0), offset, false)
                }
                ElementKind::Passive => match self.late.segment(segment) {
                    Some((table, offset)) => (table, Some(offset), true),
                    None => continue,
                },
                ElementKind::Declared => continue,
            };
            let entry = self.entries.get(table as usize);
            let (Some((first, size)), Some(offset)) = (entry, offset) else {
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
            for (at, item) in (first + offset..).zip(items) {
                let before = match item {
                    Some(function) => content.insert(at, function),
                    None => content.remove(&at),
                };
                if late && before.is_some() {
                    return Err(Error::unsupported(
                        "an element of a table is replaced after a start function has run",
                        "lower for an engine with bulk memory and references, such as `--features wasm2`",
                    ));
                }
            }
        }
        Ok(content)
    }

    /// Writes what has to precede an instruction; returns the instruction for the one table. `check`
    /// returns the function that checks indices of a table.
    pub fn instruction<'b>(
        &self,
        out: &mut Body<'b>,
        instruction: Instruction<'b>,
        check: impl Fn(u32) -> u32,
    ) -> Instruction<'b> {
        use Instruction as I;
        let (I::CallIndirect { table_index, .. } | I::ReturnCallIndirect { table_index, .. }) =
            instruction
        else {
            return instruction;
        };
        let late = self.late.has(table_index);
        let entry = self.entries.get(table_index as usize);
        if let (true, Some((at, size))) = (late || self.entries.len() > 1, entry) {
            let index = out.scratch(ValType::I32, 0);
            out.extend([
                I::LocalTee(index),
                I::I32Const(*size as u32 as i32),
                I::I32GeU,
                I::If(BlockType::Empty),
                I::Unreachable,
                I::End,
            ]);
            if late {
                out.extend([I::LocalGet(index), I::Call(check(table_index))]);
            }
            out.push(I::LocalGet(index));
            if *at > 0 {
                out.extend([I::I32Const(*at as u32 as i32), I::I32Add]);
            }
        }
        match instruction {
            I::ReturnCallIndirect { type_index, .. } => I::ReturnCallIndirect {
                type_index,
                table_index: 0,
            },
            I::CallIndirect { type_index, .. } => I::CallIndirect {
                type_index,
                table_index: 0,
            },
            other => other,
        }
    }
}
