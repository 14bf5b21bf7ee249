//! Rewrites the code of an object.

use super::object::{Object, Symbol};
use rules_wit_common::{Diagnostic, Result};
use wasm_encoder::{Encode, ValType};
use wasmparser::{BinaryReader, FunctionBody, RelocationEntry, RelocationType, SymbolFlags};

/// The globals with the addresses at which the data and the functions of a library begin.
pub const MEMORY_BASE: &str = "__memory_base";
pub const TABLE_BASE: &str = "__table_base";

const LOCAL_GET: u8 = 0x20;
const LOCAL_SET: u8 = 0x21;
const GLOBAL_GET: u8 = 0x23;
const LOADS: std::ops::RangeInclusive<u8> = 0x28..=0x35;
const STORES: std::ops::RangeInclusive<u8> = 0x36..=0x3e;
const I32_CONST: u8 = 0x41;
const I32_ADD: u8 = 0x6a;

/// Where the linker writes a number of 5 bytes.
const FIVE_BYTES: [u8; 5] = [0x80, 0x80, 0x80, 0x80, 0];

/// The code of an object, rewritten.
pub struct Code<'o> {
    object: &'o Object<'o>,
    /// The content of the code section.
    pub bytes: Vec<u8>,
    /// Its relocations. Those of base addresses have the numbers of two symbols behind the others.
    pub relocations: Vec<RelocationEntry>,
    /// The symbols that other libraries define and whose addresses are globals.
    pub elsewhere: Vec<u32>,
    /// Whether it differs from what it was.
    pub changed: bool,
}

/// A body that is being written.
struct Body {
    bytes: Vec<u8>,
    /// The relocations, with offsets in the bytes.
    relocations: Vec<RelocationEntry>,
    /// The number of locals before it is rewritten.
    first_scratch: u32,
    /// The locals for values that are to be stored.
    scratch: Vec<(ValType, u32)>,
}

impl<'o> Code<'o> {
    /// Rewrites the code.
    pub fn new(object: &'o Object<'o>) -> Result<Self> {
        let mut code = Code {
            object,
            bytes: Vec::new(),
            relocations: Vec::new(),
            elsewhere: Vec::new(),
            changed: false,
        };
        (object.bodies.len() as u32).encode(&mut code.bytes);
        let mut rest = object.relocations.as_slice();
        for (params, body) in &object.bodies {
            let end = body.range().end - object.code_start;
            let count = rest.partition_point(|entry| u64::from(entry.offset) < end);
            let (own, after) = rest.split_at(count);
            rest = after;
            code.body(*params, body, own)?;
        }
        match rest {
            [] => Ok(code),
            _ => Err(object.malformed("a relocation is behind the code").into()),
        }
    }

    fn body(
        &mut self,
        params: u32,
        body: &FunctionBody<'_>,
        entries: &[RelocationEntry],
    ) -> Result<()> {
        let object = self.object;
        let invalid = |e: wasmparser::BinaryReaderError| object.invalid(&e);
        let mut count = params;
        let locals = body.get_locals_reader().map_err(invalid)?;
        let groups = locals.get_count();
        for local in locals {
            count = count.saturating_add(local.map_err(invalid)?.0);
        }
        let mut new = Body {
            bytes: Vec::new(),
            relocations: Vec::new(),
            first_scratch: count,
            scratch: Vec::new(),
        };
        let mut reader = body.get_operators_reader().map_err(invalid)?;
        let first = reader.original_position();
        let mut entries = entries;
        // Where the constant 0 was written, if that was the last instruction.
        let mut zero = None;
        while !reader.eof() {
            let at = reader.original_position();
            reader.read().map_err(invalid)?;
            let end = reader.original_position();
            let instruction = slice(object.bytes, at, end);
            let limit = end - object.code_start;
            let own = entries.partition_point(|entry| u64::from(entry.offset) < limit);
            let (own, after) = entries.split_at(own);
            entries = after;
            let before = zero.take();
            match own {
                [] => {
                    zero = (instruction == [I32_CONST, 0]).then_some(new.bytes.len());
                    new.bytes.extend(instruction);
                }
                [entry] if is_address(entry.ty) => {
                    // The number that the linker writes is the last part of the instruction.
                    if u64::from(entry.offset) + FIVE_BYTES.len() as u64 != limit {
                        return Err(object.malformed("a relocation is not at a number").into());
                    }
                    self.changed = true;
                    self.address(&mut new, instruction, *entry, before)?;
                }
                _ => {
                    let start = new.bytes.len() as u64;
                    for entry in own {
                        self.check_kept(entry)?;
                        let moved = (u64::from(entry.offset) + object.code_start).checked_sub(at);
                        let Some(moved) = moved else {
                            return Err(object
                                .malformed("a relocation is before an instruction")
                                .into());
                        };
                        let offset = (start + moved) as u32;
                        new.relocations.push(RelocationEntry { offset, ..*entry });
                    }
                    new.bytes.extend(instruction);
                }
            }
        }
        let header = slice(object.bytes, body.range().start, first);
        self.append(groups, header, new)
    }

    /// Writes a body behind the others.
    fn append(&mut self, groups: u32, header: &[u8], body: Body) -> Result<()> {
        let mut head = Vec::new();
        (groups + body.scratch.len() as u32).encode(&mut head);
        let mut reader = BinaryReader::new(header, 0);
        let skipped = reader.read_var_u32().map(|_| reader.original_position());
        let skipped = skipped.map_err(|e| self.object.invalid(&e))?;
        head.extend(slice(header, skipped, header.len() as u64));
        for (ty, _) in body.scratch {
            head.push(1);
            ty.encode(&mut head);
        }
        (head.len() + body.bytes.len()).encode(&mut self.bytes);
        self.bytes.extend(head);
        let start = self.bytes.len() as u32;
        self.bytes.extend(body.bytes);
        let entries = body.relocations.into_iter();
        self.relocations
            .extend(entries.map(|entry| RelocationEntry {
                offset: start + entry.offset,
                ..entry
            }));
        Ok(())
    }

    /// Rewrites an instruction with an address. `zero` is the offset of the constant 0 before it.
    fn address(
        &mut self,
        new: &mut Body,
        instruction: &[u8],
        entry: RelocationEntry,
        zero: Option<usize>,
    ) -> Result<()> {
        let opcode = instruction.first().copied().unwrap_or_default();
        if entry.ty != RelocationType::MemoryAddrLeb {
            // The constant is all that the instruction has.
            if opcode != I32_CONST || instruction.len() != 6 {
                return Err(self.unexpected().into());
            }
            return self.push_address(new, entry);
        }
        let head = instruction.len().saturating_sub(FIVE_BYTES.len());
        let head = instruction.get(..head).unwrap_or_default();
        if LOADS.contains(&opcode) {
            if let Some(zero) = zero {
                new.bytes.truncate(zero);
            }
            self.push_address(new, entry)?;
            if zero.is_none() {
                new.bytes.push(I32_ADD);
            }
        } else if STORES.contains(&opcode) {
            let local = new.scratch(opcode);
            new.bytes.push(LOCAL_SET);
            local.encode(&mut new.bytes);
            self.push_address(new, entry)?;
            new.bytes.extend([I32_ADD, LOCAL_GET]);
            local.encode(&mut new.bytes);
        } else {
            return Err(self.unexpected().into());
        }
        new.bytes.extend(head);
        new.bytes.push(0);
        Ok(())
    }

    /// Pushes the address of the symbol.
    fn push_address(&mut self, new: &mut Body, entry: RelocationEntry) -> Result<()> {
        let object = self.object;
        let (flags, base, relative) = match object.symbols.get(entry.index as usize) {
            Some(Symbol::Data { flags, .. }) => (flags, 0, RelocationType::MemoryAddrRelSleb),
            Some(Symbol::Func { flags, .. }) => (flags, 1, RelocationType::TableIndexRelSleb),
            _ => return Err(object.malformed("a relocation has no symbol").into()),
        };
        if (entry.ty == RelocationType::TableIndexSleb) != (base == 1) {
            return Err(object.malformed("a relocation has a wrong symbol").into());
        }
        if flags.contains(SymbolFlags::TLS) {
            return Err(object.refused("it has thread-local variables").into());
        }
        if flags.contains(SymbolFlags::ABSOLUTE) {
            return Err(object.refused("it has variables at fixed addresses").into());
        }
        let addend = i32::try_from(entry.addend).unwrap_or_default();
        if !flags.contains(SymbolFlags::UNDEFINED) {
            let symbol = object.symbols.len() as u32 + base;
            new.global_get(object.imported_globals + base, symbol);
            new.bytes.push(I32_CONST);
            new.relocate(RelocationEntry {
                ty: relative,
                offset: 0,
                ..entry
            });
            new.bytes.extend(FIVE_BYTES);
            new.bytes.push(I32_ADD);
        } else if flags.contains(SymbolFlags::BINDING_WEAK) {
            // An object that is linked with the rest of its library has all weak definitions.
            new.bytes.push(I32_CONST);
            addend.encode(&mut new.bytes);
        } else {
            let known = self.elsewhere.iter().position(|s| *s == entry.index);
            let at = known.unwrap_or_else(|| {
                self.elsewhere.push(entry.index);
                self.elsewhere.len() - 1
            });
            new.global_get(object.imported_globals + 2 + at as u32, entry.index);
            if addend != 0 {
                new.bytes.push(I32_CONST);
                addend.encode(&mut new.bytes);
                new.bytes.push(I32_ADD);
            }
        }
        Ok(())
    }

    /// Refuses relocations that depend on addresses and are not rewritten.
    fn check_kept(&self, entry: &RelocationEntry) -> Result<()> {
        use RelocationType as R;
        match entry.ty {
            R::FunctionIndexLeb
            | R::TypeIndexLeb
            | R::GlobalIndexLeb
            | R::EventIndexLeb
            | R::TableNumberLeb
            | R::MemoryAddrRelSleb
            | R::TableIndexRelSleb => Ok(()),
            R::MemoryAddrTlsSleb => {
                Err(self.object.refused("it has thread-local variables").into())
            }
            _ => Err(self.unexpected().into()),
        }
    }

    fn unexpected(&self) -> Diagnostic {
        self.object
            .refused("an instruction has an address of a kind that C compilers do not write")
    }
}

impl Body {
    /// The local for the value that a store with this opcode stores.
    fn scratch(&mut self, opcode: u8) -> u32 {
        let ty = match opcode {
            0x37 | 0x3c..=0x3e => ValType::I64,
            0x38 => ValType::F32,
            0x39 => ValType::F64,
            _ => ValType::I32,
        };
        if let Some((_, local)) = self.scratch.iter().find(|(known, _)| *known == ty) {
            return *local;
        }
        let local = self.first_scratch.saturating_add(self.scratch.len() as u32);
        self.scratch.push((ty, local));
        local
    }

    fn global_get(&mut self, index: u32, symbol: u32) {
        self.bytes.push(GLOBAL_GET);
        self.relocate(RelocationEntry {
            ty: RelocationType::GlobalIndexLeb,
            offset: 0,
            index: symbol,
            addend: 0,
        });
        // The object must be a valid module as well.
        self.bytes
            .extend([0, 7, 14, 21].map(|shift| (index >> shift & 0x7f) as u8 | 0x80));
        self.bytes.push((index >> 28) as u8);
    }

    /// Adds a relocation of what is written next.
    fn relocate(&mut self, entry: RelocationEntry) {
        let offset = self.bytes.len() as u32;
        self.relocations.push(RelocationEntry { offset, ..entry });
    }
}

/// Whether it is a constant address.
fn is_address(ty: RelocationType) -> bool {
    use RelocationType as R;
    matches!(ty, R::MemoryAddrLeb | R::MemoryAddrSleb | R::TableIndexSleb)
}

fn slice(bytes: &[u8], start: u64, end: u64) -> &[u8] {
    let index = |n| usize::try_from(n).unwrap_or(usize::MAX);
    bytes.get(index(start)..index(end)).unwrap_or_default()
}
