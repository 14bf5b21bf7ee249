//! Step 1 of lowering, part one: replaces exceptions that a module throws and catches itself.
//!
//! A throw stores its values and the number of its tag in globals, and goes to the handler or
//! returns. A caller of a function that may throw compares the number with 0 and does the same. No
//! other code runs in between. An exception that leaves the module is a trap: the canonical ABI does
//! not pass it on, and a module without its tag could not catch it by name.

mod analysis;
mod body;

use super::error::Result;
use crate::module::{Body, Kind, Module, Named, Sections};
use analysis::Expanded;
use std::borrow::Cow;
use std::convert::Infallible;
use wasm_encoder::reencode::{self, Reencode, ReencodeComponent, RoundtripReencoder};
use wasm_encoder::{
    BlockType, Component, ComponentSectionId, ConstExpr, ExportKind, ExportSection, Function,
    GlobalType, Instruction, RawSection, TagSection, ValType,
};
use wasmparser::{Operator, Parser, Payload};

/// Replaces the exceptions of each module that keeps its tags to itself. Other modules stay as they
/// are: translating them reports the proposal.
pub fn expand(component: &[u8]) -> Result<Cow<'_, [u8]>> {
    let mut modules = Vec::new();
    let mut has_tags = false;
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::TagSection(_) => has_tags = true,
            Payload::ModuleSection {
                unchecked_range: range,
                ..
            } => {
                let (start, end) = (usize::try_from(range.start), usize::try_from(range.end));
                if let (Ok(start), Ok(end)) = (start, end) {
                    modules.extend(component.get(start..end));
                }
            }
            _ => {}
        }
    }
    if !has_tags {
        return Ok(Cow::Borrowed(component));
    }
    for module in modules {
        if calls_others(module)? {
            return Ok(Cow::Borrowed(component));
        }
    }
    let mut out = Component::new();
    Expand.parse_component(&mut out, Parser::new(0), component)?;
    Ok(Cow::Owned(out.finish()))
}

/// Whether a module calls functions of others through a table. Such a call would not notice that a
/// function has thrown.
fn calls_others(wasm: &[u8]) -> Result<bool> {
    let module = Module::new(wasm)?;
    if module.imported(Kind::Table) == 0 {
        return Ok(false);
    }
    for body in &module.bodies {
        for operator in body.get_operators_reader()? {
            if let Operator::CallIndirect { .. }
            | Operator::ReturnCallIndirect { .. }
            | Operator::TableGet { .. } = operator?
            {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

struct Expand;

impl Reencode for Expand {
    type Error = Infallible;
}

impl ReencodeComponent for Expand {
    fn parse_component_submodule(
        &mut self,
        component: &mut Component,
        _: Parser,
        wasm: &[u8],
    ) -> Result<(), reencode::Error> {
        let module = Module::new(wasm)?;
        let expanded = match Expanded::new(&module)? {
            Some(expanded) => Some(expanded.write()?),
            None => None,
        };
        component.section(&RawSection {
            id: ComponentSectionId::CoreModule as u8,
            data: expanded.as_deref().unwrap_or(wasm),
        });
        Ok(())
    }
}

impl Expanded<'_, '_> {
    fn write(&self) -> Result<Vec<u8>, reencode::Error> {
        let module = self.module;
        let mut same = RoundtripReencoder;
        let mut out = Sections {
            data_count: true,
            ..Sections::default()
        };
        out.keep(module, false)?;
        out.tags = TagSection::new();
        for named in [Named::Label, Named::from(Kind::Tag)] {
            out.names.forget(named);
        }
        for table in &module.tables {
            same.parse_table(&mut out.tables, table.clone())?;
        }
        for memory in &module.memories {
            out.memories.memory(same.memory_type(*memory)?);
        }
        for global in &module.globals {
            same.parse_global(&mut out.globals, global.clone())?;
        }
        let mut globals: Vec<(u32, ValType)> = self.values.values().copied().collect();
        globals.push((self.thrown, ValType::I32));
        globals.sort_unstable_by_key(|(index, _)| *index);
        for (_, val_type) in globals {
            let ty = GlobalType {
                val_type,
                mutable: true,
                shared: false,
            };
            let zero = match val_type {
                ValType::I64 => ConstExpr::i64_const(0),
                ValType::F32 => ConstExpr::f32_const(0.0.into()),
                ValType::F64 => ConstExpr::f64_const(0.0.into()),
                _ => ConstExpr::i32_const(0),
            };
            out.globals.global(ty, &zero);
        }
        for element in &module.elements {
            same.parse_element(&mut out.elements, element.clone())?;
        }
        for data in &module.data {
            same.parse_data(&mut out.data, data.clone())?;
        }
        let imported = module.imported(Kind::Func) as usize;
        let types = module.function_types();
        for (defined, (body, code)) in module.bodies.iter().zip(&self.code).enumerate() {
            let index = imported + defined;
            match types.get(index).and_then(|ty| self.types.get(*ty as usize)) {
                Some(ty) if self.throws[index] => {
                    let mut new = Body::new(ty.params().len(), body)?;
                    self.body(&mut new, code, ty);
                    new.finish(&mut out.code);
                }
                _ => same.parse_function_body(&mut out.code, body.clone())?,
            }
        }
        self.entries(&mut out);
        Ok(out.finish())
    }

    /// Adds functions that trap if one throws which others can call, in its place.
    fn entries(&self, out: &mut Sections) {
        let types = self.module.function_types();
        let mut next = types.len() as u32;
        let mut entry = |function: u32, out: &mut Sections, name: &str| {
            let ty = types.get(function as usize).copied().unwrap_or_default();
            if !self
                .throws
                .get(function as usize)
                .is_some_and(|throws| *throws)
            {
                return function;
            }
            let params = self
                .types
                .get(ty as usize)
                .map_or(0, |ty| ty.params().len());
            out.functions.function(ty);
            let mut body = Function::new([]);
            for param in 0..params as u32 {
                body.instruction(&Instruction::LocalGet(param));
            }
            for instruction in [
                Instruction::Call(function),
                Instruction::GlobalGet(self.thrown),
                Instruction::If(BlockType::Empty),
                Instruction::Unreachable,
                Instruction::End,
                Instruction::End,
            ] {
                body.instruction(&instruction);
            }
            out.code.function(&body);
            out.names.add(Kind::Func, next, 0, name);
            next += 1;
            next - 1
        };
        out.exports = ExportSection::new();
        for (name, (kind, index)) in &self.module.exports {
            let index = match kind {
                Kind::Func => entry(*index, out, name),
                _ => *index,
            };
            out.exports.export(name, ExportKind::from(*kind), index);
        }
        out.start = self.module.start.map(|start| entry(start, out, "start"));
    }
}
