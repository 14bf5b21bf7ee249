//! Makes one memory of several.
//!
//! Each memory becomes a region of one: its address in there, its base, is a global, and so is its
//! length in bytes, its limit. An access checks the address against the limit and then adds the
//! base. Regions lie one behind the other without gaps; when one grows, those behind it move up,
//! and what was there is filled with zeros. Region 0 begins at address 0 for good: it is the one
//! that the host sees.

use super::access::access;
use super::names::Named;
use super::parse::Parsed;
use super::regions::{self, Region, PAGE};
use super::sections::{instructions, Body, Helpers, Sections};
use super::{crash, encode, unsupported};
use rules_wit_common::Result;
use std::collections::HashMap;
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

/// What is known while a body is written.
#[derive(Default)]
struct Known {
    /// Of the operands on top, the topmost last: the local that each is the value of, if it is one.
    operands: Vec<Option<u32>>,
    /// By local and memory, how many bytes from the address in the local on are there: they stay
    /// there, as no memory becomes smaller.
    reach: Reach,
    /// The same as it was where the blocks around began.
    outside: Vec<Reach>,
}

type Reach = HashMap<(u32, u32), u64>;

/// More than that is forgotten: it would be copied for every block.
const MOST_KNOWN: usize = 64;

impl Known {
    /// Takes note of an instruction that was written.
    fn follow(&mut self, instruction: &Instruction<'_>) {
        use Instruction as I;
        match instruction {
            I::LocalGet(local) => return self.operands.push(Some(*local)),
            I::I32Const(_) | I::I64Const(_) | I::F32Const(_) | I::F64Const(_) | I::GlobalGet(_) => {
                return self.operands.push(None);
            }
            I::LocalSet(local) | I::LocalTee(local) => {
                for reach in self.outside.iter_mut().chain([&mut self.reach]) {
                    reach.retain(|(known, _), _| known != local);
                }
            }
            I::Block(_) | I::If(_) => self.enter(),
            // It may begin again with other locals.
            I::Loop(_) => {
                self.enter();
                self.reach.clear();
            }
            // What was known outside and still is; what became known inside may have been passed by.
            I::Else => self.reach = self.outside.last().cloned().unwrap_or_default(),
            I::End => self.reach = self.outside.pop().unwrap_or_default(),
            I::Try(_) | I::TryTable(..) => self.enter(),
            I::Catch(_) | I::CatchAll => self.reach.clear(),
            I::Delegate(_) => self.reach = self.outside.pop().unwrap_or_default(),
            _ => {}
        }
        self.operands.clear();
        if let I::LocalTee(local) = instruction {
            self.operands.push(Some(*local));
        }
    }

    fn enter(&mut self) {
        if self.reach.len() > MOST_KNOWN {
            self.reach.clear();
        }
        self.outside.push(self.reach.clone());
    }

    /// The local that an address is the value of, below as many operands.
    fn address(&self, below: usize) -> Option<u32> {
        let at = self.operands.len().checked_sub(below + 1)?;
        self.operands[at]
    }
}

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
        for (body, ty) in parsed.bodies.iter().zip(parsed.defined_signatures()?) {
            let mut new = Body::new(ty.params().len(), body)?;
            let mut known = Known::default();
            instructions(body, |i| self.instruction(&mut new, &mut known, i))?;
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

    /// An access to the memory, by way of the region.
    fn access(
        &self,
        out: &mut Body<'a>,
        known: &mut Known,
        memory: u32,
        reach: u64,
        operand: Option<ValType>,
    ) -> Result<()> {
        use Instruction as I;
        let region = self.region(memory)?;
        let address = known.address(usize::from(operand.is_some()));
        let checked = address.and_then(|local| known.reach.get(&(local, memory)));
        let check = self.checked && checked.is_none_or(|checked| *checked < reach);
        if memory == 0 && !check {
            return Ok(());
        }
        let operand = operand.map(|ty| out.scratch(ty, 3));
        if let Some(operand) = operand {
            out.push(I::LocalSet(operand));
        }
        if check {
            if let Some(local) = address {
                known.reach.insert((local, memory), reach);
            }
            let at = out.scratch(ValType::I32, 0);
            let limit = self.helper("limit", memory);
            let first = region.pages * PAGE;
            out.push(I::LocalTee(at));
            let bytes = |n: u64| I::I32Const(n as u32 as i32);
            if region.grows && reach <= u64::from(u32::MAX) {
                out.extend([I::GlobalGet(limit), bytes(reach), I::I32Sub, I::I32GtU]);
                // Memory that is too small now may be large enough later.
                if reach > first {
                    out.extend([I::GlobalGet(limit), bytes(reach), I::I32LtU, I::I32Or]);
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
            out.extend([I::GlobalGet(self.helper("base", memory)), I::I32Add]);
        }
        if let Some(operand) = operand {
            out.push(I::LocalGet(operand));
        }
        Ok(())
    }

    fn instruction(
        &self,
        out: &mut Body<'a>,
        known: &mut Known,
        mut instruction: Instruction<'a>,
    ) -> Result<()> {
        use Instruction as I;
        if let Some((access, arg)) = access(&mut instruction) {
            let memory = std::mem::take(&mut arg.memory_index);
            let reach = arg.offset + access.bytes;
            self.access(out, known, memory, reach, access.operand)?;
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
