//! Blocks with parameters or several results, and functions with several, for engines that know one
//! result at most.
//!
//! A function leaves all results but the first in globals, from where its caller takes them.
//! In a function that has such blocks, all of them become blocks without any: what goes into a
//! block, out of it or along a branch is put into locals right before and taken out right after.
//! Nothing runs between these, so one local for each type and position will do.

use super::crash;
use super::parse::Parsed;
use super::sections::{instructions, Body, Helpers};
use rules_wit_common::Result;
use std::fmt::Write;
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{BlockType, Instruction, ValType};
use wasmparser::{FuncType, FunctionBody};

/// The first of the numbers of the scratch locals that are used here.
const FIRST: u32 = 8;

/// The types of a module whose functions return one result.
pub struct Signatures<'t> {
    types: Vec<&'t FuncType>,
    /// The type of each function.
    functions: Vec<u32>,
}

impl<'t> Signatures<'t> {
    /// The types of a module: `None` if a function with several results can be called by way of a
    /// table, where one result of it would make it look like another type.
    pub fn new(parsed: &'t Parsed<'_>) -> Result<Option<Self>> {
        let all = Signatures {
            types: parsed.signatures(),
            functions: parsed.function_types(),
        };
        let mut several = false;
        for function in parsed.elements_functions()? {
            several |= all.results(function) > 1;
        }
        for body in &parsed.bodies {
            instructions(body, |i| {
                if let Instruction::CallIndirect { type_index, .. } = i {
                    let ty = all.types.get(type_index as usize);
                    several |= ty.is_some_and(|ty| ty.results().len() > 1);
                }
                Ok(())
            })?;
        }
        Ok((!several).then_some(all))
    }

    /// How many results there are at most.
    pub fn most(&self) -> usize {
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

/// The text of the globals for results, of which there are `most`.
pub fn globals(most: usize) -> String {
    let mut text = String::new();
    for number in 1..most {
        for ty in ["i32", "i64", "f32", "f64"] {
            // Writing to a string does not fail.
            let name = format!("result_{number}_{ty}");
            let _ = writeln!(
                text,
                "  (global ${name} (export \"{name}\") (mut {ty}) ({ty}.const 0))"
            );
        }
    }
    text
}

/// The blocks around an instruction.
pub struct Values<'t> {
    all: &'t Signatures<'t>,
    helpers: &'t Helpers,
    frames: Vec<Frame>,
}

struct Frame {
    params: Vec<ValType>,
    results: Vec<ValType>,
    is_loop: bool,
}

/// A block's type in the shorter way of writing it, if there is one.
pub fn simple<'a>(instruction: Instruction<'a>, all: &Signatures<'_>) -> Instruction<'a> {
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

impl<'t> Values<'t> {
    /// Begins a function if it has to be changed, which is what `None` says it has not.
    pub fn new<'a>(
        body: &FunctionBody<'a>,
        all: &'t Signatures<'t>,
        ty: &FuncType,
        helpers: &'t Helpers,
        out: &mut Body<'a>,
    ) -> Result<Option<Self>> {
        let (mut needed, mut possible) = (ty.results().len() > 1, true);
        instructions(body, |instruction| {
            match instruction {
                Instruction::Block(ty) | Instruction::Loop(ty) | Instruction::If(ty) => {
                    match signature(ty, &all.types) {
                        Some((params, results)) => {
                            needed |= !params.is_empty() || results.len() > 1;
                        }
                        None => possible = false,
                    }
                }
                Instruction::Call(function) => needed |= all.results(function) > 1,
                // Of proposals that are not lowered: validation will name the function.
                Instruction::Try(_)
                | Instruction::TryTable(..)
                | Instruction::BrOnNull(_)
                | Instruction::BrOnNonNull(_)
                | Instruction::BrOnCast { .. }
                | Instruction::BrOnCastFail { .. } => possible = false,
                _ => {}
            }
            Ok(())
        })?;
        let Some(results) = convert(ty.results()) else {
            return Ok(None);
        };
        if !needed || !possible {
            return Ok(None);
        }
        // A branch out of the function is one to this block.
        out.push(Instruction::Block(BlockType::Empty));
        Ok(Some(Values {
            all,
            helpers,
            frames: vec![Frame {
                params: Vec::new(),
                results,
                is_loop: false,
            }],
        }))
    }

    /// Writes an instruction, or gives it back if it has nothing to do with blocks.
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
                let frame = self.frames.last().ok_or_else(|| crash("a block"))?;
                set(out, &frame.results);
                out.push(I::Else);
                get(out, &frame.params);
            }
            I::End => {
                let frame = self.frames.pop().ok_or_else(|| crash("a block"))?;
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

    /// Puts all results but the first where the caller takes them from.
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

    fn enter<'a>(
        &mut self,
        out: &mut Body<'a>,
        ty: BlockType,
        begin: Instruction<'a>,
    ) -> Result<()> {
        let (params, results) = signature(ty, &self.all.types).ok_or_else(|| crash("a block"))?;
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

    /// Puts away the values that are below a condition.
    fn branch<'a>(&self, out: &mut Body<'a>, types: &[ValType], instruction: Instruction<'a>) {
        if !types.is_empty() {
            let condition = out.scratch(ValType::I32, FIRST - 1);
            out.push(Instruction::LocalSet(condition));
            set(out, types);
            out.push(Instruction::LocalGet(condition));
        }
        out.push(instruction);
    }

    /// The types of what a branch takes along.
    fn label(&self, depth: u32) -> Result<&[ValType]> {
        let frame = self.frames.iter().rev().nth(depth as usize);
        let frame = frame.ok_or_else(|| crash("a branch"))?;
        Ok(match frame.is_loop {
            true => &frame.params,
            false => &frame.results,
        })
    }
}

fn set(out: &mut Body<'_>, types: &[ValType]) {
    for (i, ty) in types.iter().enumerate().rev() {
        let local = out.scratch(*ty, FIRST + i as u32);
        out.push(Instruction::LocalSet(local));
    }
}

fn get(out: &mut Body<'_>, types: &[ValType]) {
    for (number, ty) in (FIRST..).zip(types) {
        let local = out.scratch(*ty, number);
        out.push(Instruction::LocalGet(local));
    }
}
