//! Which functions of a module may throw.

use crate::module::{instructions, Kind, Module};
use std::collections::{BTreeMap, HashSet};
use wasm_encoder::reencode::{self, Reencode, RoundtripReencoder};
use wasm_encoder::{Catch, Instruction, ValType};
use wasmparser::FuncType;

/// A module whose exceptions are replaced.
pub struct Expanded<'m, 'a> {
    pub module: &'m Module<'a>,
    pub code: Vec<Vec<Instruction<'a>>>,
    pub types: Vec<&'m FuncType>,
    /// Whether a function may throw.
    pub throws: Vec<bool>,
    /// Whether an indirect call with a type may throw.
    indirect: Vec<bool>,
    /// The types of the values of each tag.
    tags: Vec<Vec<ValType>>,
    /// The global with the number of the tag that was thrown, counted from 1, or 0.
    pub thrown: u32,
    /// The globals for values, by type and position.
    pub values: BTreeMap<(usize, u8), (u32, ValType)>,
}

impl<'m, 'a> Expanded<'m, 'a> {
    /// Analyses a module. `None` if it has no exceptions, or some that cannot be replaced: because it
    /// shares tags or tables with other modules, or refers to exceptions.
    pub fn new(module: &'m Module<'a>) -> Result<Option<Self>, reencode::Error> {
        let types = module.signatures();
        let all_types: usize = module.types.iter().map(|group| group.types().len()).sum();
        let shared = module.imported(Kind::Tag) + module.imported(Kind::Table);
        let exports_tag = module.exports.values().any(|(kind, _)| *kind == Kind::Tag);
        let references = module
            .globals
            .iter()
            .any(|g| matches!(g.ty.content_type, wasmparser::ValType::Ref(_)));
        if module.tags.is_empty()
            || shared > 0
            || exports_tag
            || references
            || all_types != types.len()
        {
            return Ok(None);
        }
        let mut code = Vec::new();
        for body in &module.bodies {
            code.push(instructions(body)?);
        }
        let mut tags = Vec::new();
        let mut values = BTreeMap::new();
        let thrown = module.imported(Kind::Global) + module.defined(Kind::Global);
        for tag in &module.tags {
            let mut tys = Vec::new();
            for (at, ty) in types
                .get(tag.func_type_idx as usize)
                .iter()
                .flat_map(|ty| ty.params())
                .enumerate()
            {
                let ty = RoundtripReencoder.val_type(*ty)?;
                let Some(number) = number(ty) else {
                    return Ok(None);
                };
                let next = thrown + 1 + values.len() as u32;
                values.entry((at, number)).or_insert((next, ty));
                tys.push(ty);
            }
            tags.push(tys);
        }
        let mut all = Expanded {
            module,
            indirect: vec![false; types.len()],
            throws: vec![false; module.function_types().len()],
            code,
            types,
            tags,
            thrown,
            values,
        };
        Ok(all.analyse()?.then_some(all))
    }

    /// Finds the functions that may throw. Returns false if they cannot be rewritten.
    fn analyse(&mut self) -> Result<bool, reencode::Error> {
        use Instruction as I;
        let imported = self.module.imported(Kind::Func) as usize;
        let mut in_tables: HashSet<u32> = self.module.elements_functions()?.into_iter().collect();
        for instruction in self.code.iter().flatten() {
            match instruction {
                I::RefFunc(function) => {
                    in_tables.insert(*function);
                }
                I::TryTable(_, catches) => {
                    let by_reference = |catch: &Catch| {
                        matches!(catch, Catch::OneRef { .. } | Catch::AllRef { .. })
                    };
                    if catches.iter().any(by_reference) {
                        return Ok(false);
                    }
                }
                // Each has a label or calls a function that is not known.
                I::ThrowRef
                | I::CallRef(_)
                | I::ReturnCallRef(_)
                | I::BrOnNull(_)
                | I::BrOnNonNull(_)
                | I::BrOnCast { .. }
                | I::BrOnCastFail { .. } => return Ok(false),
                _ => {}
            }
        }
        let functions = self.module.function_types();
        let mut changed = true;
        while changed {
            changed = false;
            for (defined, code) in self.code.iter().enumerate() {
                let index = imported + defined;
                if self.throws[index]
                    || !code
                        .iter()
                        .any(|i| matches!(i, I::Throw(_)) || self.may_throw(i))
                {
                    continue;
                }
                changed = true;
                self.throws[index] = true;
                let ty = functions
                    .get(index)
                    .and_then(|ty| self.types.get(*ty as usize));
                if in_tables.contains(&(index as u32)) {
                    for (indirect, other) in self.indirect.iter_mut().zip(&self.types) {
                        *indirect |= Some(other) == ty;
                    }
                }
            }
        }
        let mut results = functions
            .iter()
            .zip(&self.throws)
            .filter(|(_, throws)| **throws);
        Ok(results.all(|(ty, _)| {
            let ty = self.types.get(*ty as usize);
            ty.is_some_and(|ty| ty.results().iter().all(|ty| zero(*ty).is_some()))
        }))
    }

    /// Whether an instruction is a call that may throw.
    pub fn may_throw(&self, instruction: &Instruction<'_>) -> bool {
        use Instruction as I;
        let (from, index) = match instruction {
            I::Call(function) | I::ReturnCall(function) => (&self.throws, *function),
            I::CallIndirect { type_index, .. } | I::ReturnCallIndirect { type_index, .. } => {
                (&self.indirect, *type_index)
            }
            _ => return false,
        };
        from.get(index as usize).copied().unwrap_or(true)
    }

    /// The globals with the values of a tag.
    pub fn globals(&self, tag: u32) -> Vec<(u32, ValType)> {
        let types = self.tags.get(tag as usize).into_iter().flatten();
        let keys = types
            .enumerate()
            .filter_map(|(at, ty)| Some((at, number(*ty)?)));
        keys.filter_map(|key| self.values.get(&key).copied())
            .collect()
    }
}

/// A number for each type that a tag can have.
fn number(ty: ValType) -> Option<u8> {
    match ty {
        ValType::I32 => Some(0),
        ValType::I64 => Some(1),
        ValType::F32 => Some(2),
        ValType::F64 => Some(3),
        _ => None,
    }
}

/// A value of a type.
pub fn zero(ty: wasmparser::ValType) -> Option<Instruction<'static>> {
    Some(match ty {
        wasmparser::ValType::I32 => Instruction::I32Const(0),
        wasmparser::ValType::I64 => Instruction::I64Const(0),
        wasmparser::ValType::F32 => Instruction::F32Const(0.0.into()),
        wasmparser::ValType::F64 => Instruction::F64Const(0.0.into()),
        wasmparser::ValType::V128 => Instruction::V128Const(0),
        wasmparser::ValType::Ref(_) => return None,
    })
}
