//! Step 6 of lowering, where the engine has one memory only: moves all memories of a module into
//! one.
//!
//! Each memory becomes a region of the one memory. Globals hold its base, which is the address of
//! the region, and its limit, which is its length in bytes. An access checks the address against
//! the limit and adds the base. Regions follow each other without gaps; when one grows, those after
//! it move up, and the new pages are filled with zeros. Region 0, which the host sees, is always at
//! address 0.

mod checked_bounds;
mod may_grow;
mod regions;

use super::error::{Error, Result};
use super::helpers::Helpers;
use super::options::Bounds;
use crate::module::{access, instructions, Body, Kind, Module, Sections};
use checked_bounds::{lookahead, CheckedBounds};
use may_grow::may_grow;
use regions::{Region, PAGE};
use std::collections::BTreeMap;
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{BlockType, ConstExpr, Instruction, MemoryType, ValType};
use wasmparser::{DataKind, WasmFeatures};

/// Writes a module with one memory, for an engine with these features.
pub fn single_memory(wasm: &[u8], bounds: Bounds, features: WasmFeatures) -> Result<Vec<u8>> {
    let module = Module::new(wasm)?;
    let bulk = features.contains(WasmFeatures::BULK_MEMORY);
    let passive = module
        .data
        .iter()
        .any(|d| matches!(d.kind, DataKind::Passive));
    if module.memories.len() == 1 && (bulk || !passive) {
        return Ok(wasm.to_vec());
    }
    let regions = regions::place(&module, !bulk && passive)?;
    let rewriter = Rewriter {
        helpers: Helpers::new(&regions::helpers(&regions, &module, bulk), &module)?,
        module: &module,
        regions,
        checked: bounds == Bounds::Checked,
        bulk,
    };
    rewriter.write()
}

/// So many accesses to a region in a function make it worthwhile to cache its base and limit in
/// locals. Each access after the start of the first loop counts as many.
const SEVERAL: u32 = 3;

struct Rewriter<'p, 'a> {
    module: &'p Module<'a>,
    regions: Vec<Region>,
    helpers: Helpers,
    checked: bool,
    bulk: bool,
}

impl<'a> Rewriter<'_, 'a> {
    fn write(&self) -> Result<Vec<u8>> {
        let module = self.module;
        let mut out = Sections {
            data_count: self.bulk,
            ..Sections::default()
        };
        out.keep(module, false)?;
        out.names.forget(Kind::Memory);
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
        for table in &module.tables {
            same.parse_table(&mut out.tables, table.clone())?;
        }
        for global in &module.globals {
            same.parse_global(&mut out.globals, global.clone())?;
        }
        for element in &module.elements {
            same.parse_element(&mut out.elements, element.clone())?;
        }
        self.data(&mut out)?;
        let may_grow = may_grow(module)?;
        let types = module.defined_signatures();
        let types = types.ok_or_else(|| Error::internal("a type"))?;
        for ((body, ty), may_grow) in module.bodies.iter().zip(types).zip(may_grow) {
            let mut new = Body::new(ty.params().len(), body)?;
            let code = instructions(body)?;
            let mut known = CheckedBounds::default();
            let lookahead = lookahead(&code);
            if !may_grow {
                self.cache_regions(&mut new, &mut known, &code);
            }
            for (instruction, ahead) in code.into_iter().zip(lookahead) {
                self.instruction(&mut new, &mut known, instruction, ahead)?;
            }
            new.finish(&mut out.code);
        }
        self.helpers.append(&mut out)?;
        Ok(out.finish())
    }

    /// Writes the data segments. For engines without passive segments, these are in a region of
    /// their own.
    fn data(&self, out: &mut Sections) -> Result<()> {
        let mut passive = self.regions.last().map_or(0, |r| r.at);
        for data in &self.module.data {
            let bytes = data.data.iter().copied();
            match &data.kind {
                DataKind::Active {
                    memory_index,
                    offset_expr,
                } => {
                    let region = self.region(*memory_index)?;
                    let at = self
                        .module
                        .integer(offset_expr)
                        .map(|at| u64::from(at as u32));
                    let Some(at) = at else {
                        return Err(Error::unsupported(
                            "the offset of a data segment is only known at run time",
                            "lower with `--memory multi`",
                        ));
                    };
                    if at + data.data.len() as u64 > region.pages * PAGE {
                        return Err(Error::unsupported(
                            "a data segment is out of bounds",
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
        region.ok_or_else(|| Error::internal("a memory"))
    }

    /// The index of a helper for a region or a segment.
    fn helper(&self, name: &str, number: u32) -> u32 {
        self.helpers.index(&format!("{name}{number}"))
    }

    /// Caches the bases and limits of regions with several accesses in locals, in a function during
    /// which they do not change.
    fn cache_regions(
        &self,
        out: &mut Body<'a>,
        known: &mut CheckedBounds,
        code: &[Instruction<'a>],
    ) {
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
            let mut cache = |name| {
                let local = out.local(ValType::I32);
                let global = self.helper(name, memory);
                out.extend([Instruction::GlobalGet(global), Instruction::LocalSet(local)]);
                known.cached.insert((name, memory), local);
            };
            if memory != 0 {
                cache("base");
            }
            if self.checked && region.grows {
                cache("limit");
            }
        }
    }

    /// The instruction that reads the `base` or the `limit` of a region.
    fn read(&self, known: &CheckedBounds, name: &'static str, memory: u32) -> Instruction<'a> {
        match known.cached.get(&(name, memory)) {
            Some(local) => Instruction::LocalGet(*local),
            None => Instruction::GlobalGet(self.helper(name, memory)),
        }
    }

    /// Checks and adjusts the address of an access up to `reach` bytes after it. Also checks up to
    /// `ahead` bytes, for later accesses.
    fn access(
        &self,
        out: &mut Body<'a>,
        known: &mut CheckedBounds,
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
        // The operand above the address is pushed again afterwards.
        let operand = operand.map(|ty| match out.take_simple(known.is_simple()) {
            Some(simple) => simple,
            None => {
                let local = out.scratch(ty, 3);
                out.push(I::LocalSet(local));
                I::LocalGet(local)
            }
        });
        if check {
            // A later access that is never in bounds must not trap here.
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
                let limit = self.read(known, "limit", memory);
                out.extend([limit.clone(), bytes(reach), I::I32Sub, I::I32GtU]);
                // The subtraction wraps around while the memory is smaller than that.
                if reach > first {
                    out.extend([limit, bytes(reach), I::I32LtU, I::I32Or]);
                }
                out.extend([I::If(BlockType::Empty), I::Unreachable, I::End]);
            } else if reach <= first {
                out.extend([bytes(first - reach), I::I32GtU]);
                out.extend([I::If(BlockType::Empty), I::Unreachable, I::End]);
            } else {
                // Every address is out of bounds.
                out.push(I::Unreachable);
            }
            out.push(I::LocalGet(at));
        }
        if memory != 0 {
            out.extend([self.read(known, "base", memory), I::I32Add]);
        }
        if let Some(operand) = operand {
            out.push(operand);
        }
        Ok(())
    }

    /// Writes an instruction for the one memory.
    fn instruction(
        &self,
        out: &mut Body<'a>,
        known: &mut CheckedBounds,
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
