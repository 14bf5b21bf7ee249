//! Makes one memory of several.
//!
//! Each memory becomes a region of one: its address in there, its base, is a global, and so is its
//! length in bytes, its limit. An access checks the address against the limit and then adds the
//! base. Regions lie one behind the other without gaps; when one grows, those behind it move up,
//! and what was there is filled with zeros. Region 0 begins at address 0 for good: it is the one
//! that the host sees.

use super::access::access;
use super::known::{self, Known};
use super::moving::moving;
use super::names::Named;
use super::parse::Parsed;
use super::regions::{self, Region, PAGE};
use super::sections::{instructions, Body, Helpers, Sections};
use super::{crash, encode, unsupported};
use rules_wit_common::Result;
use std::collections::BTreeMap;
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{BlockType, ConstExpr, Instruction, MemoryType, ValType};
use wasmparser::{DataKind, WasmFeatures};

/// Whether accesses are checked.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Bounds {
    /// Each access: what is outside of a component's own memory traps.
    Checked,
    /// Copies and fills only: a component at fault can reach the memory of another.
    Unchecked,
}

/// Writes the module again with one memory.
pub fn one_memory(module: &[u8], bounds: Bounds, features: WasmFeatures) -> Result<Vec<u8>> {
    let parsed = Parsed::new(module)?;
    let bulk = features.contains(WasmFeatures::BULK_MEMORY);
    let passive = parsed
        .data
        .iter()
        .any(|d| matches!(d.kind, DataKind::Passive));
    if parsed.memories.len() == 1 && (bulk || !passive) {
        return Ok(module.to_vec());
    }
    let regions = regions::place(&parsed, !bulk && passive)?;
    let single = Single {
        helpers: Helpers::new(&regions::helpers(&regions, &parsed, bulk), &parsed)?,
        parsed: &parsed,
        regions,
        checked: bounds == Bounds::Checked,
        bulk,
    };
    single.write()
}

/// So many accesses are worth two locals; one in a loop is.
const SEVERAL: u32 = 3;

struct Single<'p, 'a> {
    parsed: &'p Parsed<'a>,
    regions: Vec<Region>,
    helpers: Helpers,
    checked: bool,
    bulk: bool,
}

impl<'a> Single<'_, 'a> {
    fn write(&self) -> Result<Vec<u8>> {
        let parsed = self.parsed;
        let mut out = Sections {
            counted: self.bulk,
            ..Sections::default()
        };
        out.keep(parsed, false)?;
        out.names.forget(Named::Memory);
        let pages: u64 = self.regions.iter().map(|r| r.pages).sum();
        let grows = self.regions.iter().any(|r| r.grows);
        out.memories.memory(MemoryType {
            minimum: pages,
            maximum: (!grows).then_some(pages),
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut same = RoundtripReencoder;
        (|| {
            for table in &parsed.tables {
                same.parse_table(&mut out.tables, table.clone())?;
            }
            for global in &parsed.globals {
                same.parse_global(&mut out.globals, global.clone())?;
            }
            for element in &parsed.elements {
                same.parse_element(&mut out.elements, element.clone())?;
            }
            Ok(())
        })()
        .map_err(|e| encode(&e))?;
        self.data(&mut out)?;
        let moving = moving(parsed)?;
        let bodies = parsed.bodies.iter().zip(parsed.defined_signatures()?);
        for ((body, ty), moving) in bodies.zip(moving) {
            let mut new = Body::new(ty.params().len(), body)?;
            let mut code = Vec::new();
            instructions(body, |i| {
                code.push(i);
                Ok(())
            })?;
            let mut known = Known::default();
            let ahead = known::ahead(&code);
            if !moving {
                self.keep_places(&mut new, &mut known, &code);
            }
            for (instruction, ahead) in code.into_iter().zip(ahead) {
                self.instruction(&mut new, &mut known, instruction, ahead)?;
            }
            new.finish(&mut out.code);
        }
        self.helpers.append(&mut out)?;
        Ok(out.finish())
    }

    /// Places the data segments: those that are passive in a region of their own, if the engine
    /// knows none.
    fn data(&self, out: &mut Sections) -> Result<()> {
        let mut passive = self.regions.last().map_or(0, |r| r.at);
        for data in &self.parsed.data {
            let bytes = data.data.iter().copied();
            match &data.kind {
                DataKind::Active {
                    memory_index,
                    offset_expr,
                } => {
                    let region = self.region(*memory_index)?;
                    let at = self
                        .parsed
                        .integer(offset_expr)
                        .map(|at| u64::from(at as u32));
                    let Some(at) = at else {
                        return Err(unsupported(
                            "a data segment is put where only the running module knows",
                            "lower with `--memory multi`",
                        ));
                    };
                    if at + data.data.len() as u64 > region.pages * PAGE {
                        return Err(unsupported(
                            "a data segment does not fit in its memory",
                            "instantiating the component would trap",
                        ));
                    }
                    let at = ConstExpr::i32_const((region.at + at) as u32 as i32);
                    out.data.active(0, &at, bytes);
                }
                DataKind::Passive if self.bulk => {
                    out.data.passive(bytes);
                }
                DataKind::Passive => {
                    let at = ConstExpr::i32_const(passive as u32 as i32);
                    passive += data.data.len() as u64;
                    out.data.active(0, &at, bytes);
                }
            }
        }
        Ok(())
    }

    fn region(&self, memory: u32) -> Result<&Region> {
        let region = self.regions.get(memory as usize);
        region.ok_or_else(|| crash("a memory").into())
    }

    /// A helper of a region or a segment.
    fn helper(&self, name: &str, number: u32) -> u32 {
        self.helpers.index(&format!("{name}{number}"))
    }

    /// Keeps the bases and limits of what a function has several accesses to in locals, where nothing
    /// changes them until it ends.
    fn keep_places(&self, out: &mut Body<'a>, known: &mut Known, code: &[Instruction<'a>]) {
        let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
        let mut weight = 1;
        for instruction in code {
            if let Some((_, arg)) = access(&mut instruction.clone()) {
                *counts.entry(arg.memory_index).or_default() += weight;
            }
            if let Instruction::Loop(_) = instruction {
                weight = SEVERAL;
            }
        }
        counts.retain(|_, count| *count >= SEVERAL);
        for memory in counts.into_keys() {
            let Some(region) = self.regions.get(memory as usize) else {
                continue;
            };
            let mut keep = |name| {
                let local = out.local(ValType::I32);
                let global = self.helper(name, memory);
                out.extend([Instruction::GlobalGet(global), Instruction::LocalSet(local)]);
                known.kept.insert((name, memory), local);
            };
            if memory != 0 {
                keep("base");
            }
            if self.checked && region.grows {
                keep("limit");
            }
        }
    }

    /// The base or the limit of a region.
    fn place(&self, known: &Known, name: &'static str, memory: u32) -> Instruction<'a> {
        match known.kept.get(&(name, memory)) {
            Some(local) => Instruction::LocalGet(*local),
            None => Instruction::GlobalGet(self.helper(name, memory)),
        }
    }

    /// An access to the memory, by way of the region. What is `ahead` is checked as well.
    fn access(
        &self,
        out: &mut Body<'a>,
        known: &mut Known,
        memory: u32,
        (reach, ahead): (u64, u64),
        operand: Option<ValType>,
    ) -> Result<()> {
        use Instruction as I;
        let region = self.region(memory)?;
        let first = region.pages * PAGE;
        let address = known.address(usize::from(operand.is_some()));
        let checked = address.and_then(|local| known.reach.get(&(local, memory)));
        let check = self.checked && checked.is_none_or(|checked| *checked < reach);
        if memory == 0 && !check {
            return Ok(());
        }
        // The operand above the address has to wait: what only names it can be written later.
        let operand = operand.map(|ty| match out.take(known.simple()) {
            Some(operand) => operand,
            None => {
                let local = out.scratch(ty, 3);
                out.push(I::LocalSet(local));
                I::LocalGet(local)
            }
        });
        if check {
            // An access that never is in bounds traps at its own time.
            let reach = if ahead <= first {
                reach.max(ahead)
            } else {
                reach
            };
            let at = match address {
                Some(local) => {
                    known.reach.insert((local, memory), reach);
                    local
                }
                None => {
                    let at = out.scratch(ValType::I32, 0);
                    out.push(I::LocalTee(at));
                    at
                }
            };
            let bytes = |n: u64| I::I32Const(n as u32 as i32);
            if region.grows && reach <= u64::from(u32::MAX) {
                let limit = self.place(known, "limit", memory);
                out.extend([limit.clone(), bytes(reach), I::I32Sub, I::I32GtU]);
                // Memory that is too small now may be large enough later.
                if reach > first {
                    out.extend([limit, bytes(reach), I::I32LtU, I::I32Or]);
                }
                out.extend([I::If(BlockType::Empty), I::Unreachable, I::End]);
            } else if reach <= first {
                out.extend([bytes(first - reach), I::I32GtU]);
                out.extend([I::If(BlockType::Empty), I::Unreachable, I::End]);
            } else {
                // No address is low enough.
                out.push(I::Unreachable);
            }
            out.push(I::LocalGet(at));
        }
        if memory != 0 {
            out.extend([self.place(known, "base", memory), I::I32Add]);
        }
        if let Some(operand) = operand {
            out.push(operand);
        }
        Ok(())
    }

    fn instruction(
        &self,
        out: &mut Body<'a>,
        known: &mut Known,
        mut instruction: Instruction<'a>,
        ahead: u64,
    ) -> Result<()> {
        use Instruction as I;
        if let Some((access, arg)) = access(&mut instruction) {
            let memory = std::mem::take(&mut arg.memory_index);
            let reach = arg.offset + access.bytes;
            self.access(out, known, memory, (reach, ahead), access.operand)?;
            known.follow(&instruction);
            out.push(instruction);
            return Ok(());
        }
        known.follow(&instruction);
        let numbers = |out: &mut Body<'a>| [0, 1, 2].map(|n| out.scratch(ValType::I32, n));
        match instruction {
            I::MemorySize(memory) => {
                let limit = self.helper("limit", memory);
                out.extend([I::GlobalGet(limit), I::I32Const(16), I::I32ShrU]);
            }
            I::MemoryGrow(memory) => out.push(I::Call(self.helper("grow", memory))),
            I::MemoryFill(memory) => {
                let [value, count, _] = numbers(out);
                out.extend([
                    I::LocalSet(count),
                    I::LocalSet(value),
                    I::LocalGet(count),
                    I::Call(self.helper("span", memory)),
                    I::LocalGet(value),
                    I::LocalGet(count),
                    I::MemoryFill(0),
                ]);
            }
            I::MemoryCopy { src_mem, dst_mem } => {
                let [from, count, _] = numbers(out);
                out.extend([
                    I::LocalSet(count),
                    I::LocalSet(from),
                    I::LocalGet(count),
                    I::Call(self.helper("span", dst_mem)),
                    I::LocalGet(from),
                    I::LocalGet(count),
                    I::Call(self.helper("span", src_mem)),
                    I::LocalGet(count),
                    I::MemoryCopy {
                        src_mem: 0,
                        dst_mem: 0,
                    },
                ]);
            }
            I::MemoryInit { mem, data_index } => {
                let [from, count, _] = numbers(out);
                out.extend([
                    I::LocalSet(count),
                    I::LocalSet(from),
                    I::LocalGet(count),
                    I::Call(self.helper("span", mem)),
                    I::LocalGet(from),
                ]);
                if self.bulk {
                    out.extend([I::LocalGet(count), I::MemoryInit { mem: 0, data_index }]);
                } else {
                    out.extend([
                        I::LocalGet(count),
                        I::Call(self.helper("part", data_index)),
                        I::LocalGet(count),
                        I::MemoryCopy {
                            src_mem: 0,
                            dst_mem: 0,
                        },
                    ]);
                }
            }
            I::DataDrop(segment) if !self.bulk => {
                let segment = self.helper("segment", segment);
                out.extend([I::I32Const(0), I::GlobalSet(segment)]);
            }
            other => out.push(other),
        }
        Ok(())
    }
}
