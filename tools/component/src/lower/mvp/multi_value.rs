//! Replaces multi-value: blocks with parameters or several results, and functions with several
//! results.
//!
//! A function returns its first result and stores the others in globals, which its caller reads. In
//! a function that has blocks with parameters or several results, all blocks lose theirs: the
//! values that enter a block, leave it or follow a branch are stored in locals before and read
//! after that. No code runs in between, so that one local for each type and position suffices.

use crate::lower::error::{Error, Result};
use crate::lower::helpers::Helpers;
use crate::module::{instructions, Body, Module};
use std::fmt::Write;
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{BlockType, Instruction, ValType};
use wasmparser::FuncType;

/// The first number of the scratch locals for values.
const FIRST: u32 = 8;

/// The types of a module whose functions are to return one result.
pub struct Signatures<'t> {
    types: Vec<&'t FuncType>,
    /// The type index of each function.
    functions: Vec<u32>,
}

impl<'t> Signatures<'t> {
    /// The types of a module. `None` if a function with several results can be called indirectly:
    /// with one result, its type could equal another one, and a call that must trap would succeed.
    pub fn new(module: &'t Module<'_>) -> Result<Option<Self>> {
        let all = Signatures {
            types: module.signatures(),
            functions: module.function_types(),
        };
        let mut indirect = false;
        for function in module.elements_functions()? {
            indirect |= all.results(function) > 1;
        }
        for body in &module.bodies {
            for instruction in instructions(body)? {
                if let Instruction::CallIndirect { type_index, .. } = instruction {
                    let ty = all.types.get(type_index as usize);
                    indirect |= ty.is_some_and(|ty| ty.results().len() > 1);
                }
            }
        }
        Ok((!indirect).then_some(all))
    }

    /// The largest number of results.
    pub fn max_results(&self) -> usize {
        let counts = self.types.iter().map(|ty| ty.results().len());
        counts.max().unwrap_or(0)
    }

    fn of(&self, function: u32) -> Option<&'t FuncType> {
        let ty = self.functions.get(function as usize)?;
        self.types.get(*ty as usize).copied()
    }

    fn results(&self, function: u32) -> usize {
        self.of(function).map_or(0, |ty| ty.results().len())
    }
}

/// The text of the globals for functions with up to `max` results.
pub fn globals(max: usize) -> String {
    let mut text = String::new();
    for number in 1..max {
        for ty in ["i32", "i64", "f32", "f64"] {
            // Writing to a string cannot fail.
            let name = format!("result_{number}_{ty}");
            let _ = writeln!(
                text,
                "  (global ${name} (export \"{name}\") (mut {ty}) ({ty}.const 0))"
            );
        }
    }
    text
}

/// The state while a body is written: the blocks around the next instruction.
pub struct MultiValue<'t> {
    all: &'t Signatures<'t>,
    helpers: &'t Helpers,
    frames: Vec<Frame>,
}

struct Frame {
    params: Vec<ValType>,
    results: Vec<ValType>,
    is_loop: bool,
}

/// Writes the type of a block without a type index, if possible: the MVP has no others.
pub fn simplify<'a>(instruction: Instruction<'a>, all: &Signatures<'_>) -> Instruction<'a> {
    let short = |ty| match ty {
        BlockType::FunctionType(index) => match signature(ty, &all.types) {
            Some((params, results)) if params.is_empty() && results.len() < 2 => {
                let result = results.first().copied();
                result.map_or(BlockType::Empty, BlockType::Result)
            }
            _ => BlockType::FunctionType(index),
        },
        ty => ty,
    };
    match instruction {
        Instruction::Block(ty) => Instruction::Block(short(ty)),
        Instruction::Loop(ty) => Instruction::Loop(short(ty)),
        Instruction::If(ty) => Instruction::If(short(ty)),
        other => other,
    }
}

type Signature = (Vec<ValType>, Vec<ValType>);

fn convert(types: &[wasmparser::ValType]) -> Option<Vec<ValType>> {
    let all = types.iter().map(|ty| RoundtripReencoder.val_type(*ty));
    all.collect::<std::result::Result<_, _>>().ok()
}

fn signature(ty: BlockType, types: &[&FuncType]) -> Option<Signature> {
    match ty {
        BlockType::Empty => Some((Vec::new(), Vec::new())),
        BlockType::Result(ty) => Some((Vec::new(), vec![ty])),
        BlockType::FunctionType(index) => {
            let ty = types.get(index as usize)?;
            Some((convert(ty.params())?, convert(ty.results())?))
        }
    }
}

impl<'t> MultiValue<'t> {
    /// Starts the body of a function; `None` if it need not, or cannot, be changed.
    pub fn new<'a>(
        code: &[Instruction<'a>],
        all: &'t Signatures<'t>,
        ty: &FuncType,
        helpers: &'t Helpers,
        out: &mut Body<'a>,
    ) -> Option<Self> {
        let (mut needed, mut possible) = (ty.results().len() > 1, true);
        for instruction in code {
            match instruction {
                Instruction::Block(ty) | Instruction::Loop(ty) | Instruction::If(ty) => {
                    match signature(*ty, &all.types) {
                        Some((params, results)) => {
                            needed |= !params.is_empty() || results.len() > 1;
                        }
                        None => possible = false,
                    }
                }
                Instruction::Call(function) => needed |= all.results(*function) > 1,
                // These proposals are not lowered; validation will name the function.
                Instruction::Try(_)
                | Instruction::TryTable(..)
                | Instruction::BrOnNull(_)
                | Instruction::BrOnNonNull(_)
                | Instruction::BrOnCast { .. }
                | Instruction::BrOnCastFail { .. } => possible = false,
                _ => {}
            }
        }
        let results = convert(ty.results())?;
        if !needed || !possible {
            return None;
        }
        // Branches out of the function become branches to this block.
        out.push(Instruction::Block(BlockType::Empty));
        Some(MultiValue {
            all,
            helpers,
            frames: vec![Frame {
                params: Vec::new(),
                results,
                is_loop: false,
            }],
        })
    }

    /// Writes an instruction that concerns blocks or results; returns all others.
    pub fn instruction<'a>(
        &mut self,
        out: &mut Body<'a>,
        instruction: Instruction<'a>,
    ) -> Result<Option<Instruction<'a>>> {
        use Instruction as I;
        match instruction {
            I::Block(ty) => self.enter(out, ty, I::Block(BlockType::Empty))?,
            I::Loop(ty) => self.enter(out, ty, I::Loop(BlockType::Empty))?,
            I::If(ty) => self.enter(out, ty, I::If(BlockType::Empty))?,
            I::Else => {
                let frame = self
                    .frames
                    .last()
                    .ok_or_else(|| Error::internal("a block"))?;
                set(out, &frame.results);
                out.push(I::Else);
                get(out, &frame.params);
            }
            I::End => {
                let frame = self
                    .frames
                    .pop()
                    .ok_or_else(|| Error::internal("a block"))?;
                set(out, &frame.results);
                out.push(I::End);
                get(out, &frame.results);
                if self.frames.is_empty() {
                    self.leave(out, &frame.results);
                    out.push(I::End);
                }
            }
            I::Br(depth) => {
                set(out, self.label(depth)?);
                out.push(I::Br(depth));
            }
            I::BrIf(depth) => {
                let types = self.label(depth)?;
                self.branch(out, types, I::BrIf(depth));
                get(out, types);
            }
            I::BrTable(depths, default) => {
                let types = self.label(default)?;
                self.branch(out, types, I::BrTable(depths, default));
            }
            I::Return => {
                if let Some(function) = self.frames.first() {
                    self.leave(out, &function.results);
                }
                out.push(I::Return);
            }
            I::Call(function) => {
                out.push(I::Call(function));
                let ty = self.all.of(function).and_then(|ty| convert(ty.results()));
                for (number, ty) in ty.iter().flatten().enumerate().skip(1) {
                    out.push(I::GlobalGet(self.global(number, *ty)));
                }
            }
            other => return Ok(Some(other)),
        }
        Ok(None)
    }

    /// Stores all results but the first in globals.
    fn leave(&self, out: &mut Body<'_>, results: &[ValType]) {
        for (number, ty) in results.iter().enumerate().skip(1).rev() {
            out.push(Instruction::GlobalSet(self.global(number, *ty)));
        }
    }

    fn global(&self, number: usize, ty: ValType) -> u32 {
        let ty = match ty {
            ValType::I32 => "i32",
            ValType::I64 => "i64",
            ValType::F32 => "f32",
            _ => "f64",
        };
        self.helpers.index(&format!("result_{number}_{ty}"))
    }

    /// Enters a block.
    fn enter<'a>(
        &mut self,
        out: &mut Body<'a>,
        ty: BlockType,
        begin: Instruction<'a>,
    ) -> Result<()> {
        let (params, results) =
            signature(ty, &self.all.types).ok_or_else(|| Error::internal("a block"))?;
        let is_loop = matches!(begin, Instruction::Loop(_));
        if matches!(begin, Instruction::If(_)) {
            self.branch(out, &params, begin);
        } else {
            set(out, &params);
            out.push(begin);
        }
        get(out, &params);
        self.frames.push(Frame {
            params,
            results,
            is_loop,
        });
        Ok(())
    }

    /// Writes an instruction with a condition, and stores the values that are below the condition.
    fn branch<'a>(&self, out: &mut Body<'a>, types: &[ValType], instruction: Instruction<'a>) {
        if !types.is_empty() {
            let condition = out.scratch(ValType::I32, FIRST - 1);
            out.push(Instruction::LocalSet(condition));
            set(out, types);
            out.push(Instruction::LocalGet(condition));
        }
        out.push(instruction);
    }

    /// The types of the values that follow a branch.
    fn label(&self, depth: u32) -> Result<&[ValType]> {
        let frame = self.frames.iter().rev().nth(depth as usize);
        let frame = frame.ok_or_else(|| Error::internal("a branch"))?;
        Ok(match frame.is_loop {
            true => &frame.params,
            false => &frame.results,
        })
    }
}

/// Stores values in locals.
fn set(out: &mut Body<'_>, types: &[ValType]) {
    for (i, ty) in types.iter().enumerate().rev() {
        let local = out.scratch(*ty, FIRST + i as u32);
        out.push(Instruction::LocalSet(local));
    }
}

/// Reads values from locals.
fn get(out: &mut Body<'_>, types: &[ValType]) {
    for (number, ty) in (FIRST..).zip(types) {
        let local = out.scratch(*ty, number);
        out.push(Instruction::LocalGet(local));
    }
}
