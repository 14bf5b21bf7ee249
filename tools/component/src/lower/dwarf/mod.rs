//! Converts debug information (DWARF) to the addresses of the lowered module.
//!
//! Merging changes indices, so that the encodings of instructions, and their addresses, shift. The
//! instructions of each function are compared before and after: if they are the same, in the same
//! order, the new address of each is known. Otherwise, as with one memory, only functions and the
//! lines they start at are kept; variables are not, as data has other addresses.
//!
//! Addresses are offsets in the code section: <https://yurydelendik.github.io/webassembly-dwarf/>.

use super::link::Linked;
use super::options::Memory;
use crate::error::catch;
use crate::module::{Kind, Module};
use gimli::write::{
    Address, AttributeValue, ConvertLineSequenceEnd, ConvertResult, ConvertUnit, ConvertUnitEntry,
    Dwarf, EndianVec, Location, LocationList, Range, RangeList, Sections, UnitEntryId,
};
use gimli::{constants, read, LittleEndian};
use std::collections::HashMap;
use std::mem::discriminant;
use wasm_encoder::{CustomSection, Encode, Section};
use wasmparser::FunctionBody;

mod metered;
#[cfg(test)]
mod tests;

use metered::{Meter, Metered as Bytes};

/// Adds the debug information of all instances to the lowered module, in which `functions` has the
/// indices of the functions of the merged module. Adds nothing if any of it is unreadable or refers
/// to the same bytes too often, as only debuggers need it.
pub fn carry(
    linked: &Linked<'_>,
    functions: &HashMap<u32, u32>,
    memory: Memory,
    module: &mut Vec<u8>,
) {
    let Ok(lowered) = Module::new(module) else {
        return;
    };
    // The library asserts what damaged debug information may violate.
    let Some(Some(sections)) = catch(|| convert(linked, functions, memory, &lowered)) else {
        return;
    };
    for (name, data) in sections {
        let section = CustomSection {
            name: name.into(),
            data: data.into(),
        };
        module.push(section.id());
        section.encode(module);
    }
}

fn convert(
    linked: &Linked<'_>,
    functions: &HashMap<u32, u32>,
    memory: Memory,
    lowered: &Module<'_>,
) -> Option<Vec<(&'static str, Vec<u8>)>> {
    let mut dwarf = Dwarf::new();
    for (number, instance) in linked.instances.iter().enumerate() {
        let module = &instance.module;
        if instance.owner.is_none() || module.debug.is_empty() {
            continue;
        }
        let map = AddressMap::new(module, lowered, memory, |index| {
            functions
                .get(&linked.index(number, Kind::Func, index)?)
                .copied()
        });
        let meter = Meter::new(module.debug.iter().map(|(_, data)| data.len()).sum());
        let load = |id: gimli::SectionId| {
            let found = module.debug.iter().find(|(name, _)| *name == id.name());
            let data = found.map_or(&[][..], |(_, data)| data);
            Ok::<_, gimli::Error>(Bytes::new(data, &meter))
        };
        let from = read::Dwarf::load(load).ok()?;
        map.dwarf(&from, &mut dwarf).ok()?;
    }
    let mut sections = Sections::new(EndianVec::new(LittleEndian));
    dwarf.write(&mut sections).ok()?;
    let mut out = Vec::new();
    sections
        .for_each(|id, data| {
            if !data.slice().is_empty() {
                out.push((id.name(), data.slice().to_vec()));
            }
            Ok::<_, gimli::Error>(())
        })
        .ok()?;
    Some(out)
}

/// The base address of lists, instead of the start of their unit.
const ZERO: Address = Address::Constant(0);

/// Old and new addresses of the code of a module.
struct AddressMap {
    /// Pairs of an old and a new address, in the order of both.
    addresses: Vec<(u64, u64)>,
    /// Whether data keeps its addresses.
    keeps_data: bool,
}

impl AddressMap {
    /// Compares the functions of two modules. `reindex` returns the new index of a function.
    fn new(
        from: &Module<'_>,
        to: &Module<'_>,
        memory: Memory,
        reindex: impl Fn(u32) -> Option<u32>,
    ) -> Self {
        let mut all = Vec::new();
        let imported = from.imported(Kind::Func);
        for (index, body) in (imported..).zip(&from.bodies) {
            let new = reindex(index).and_then(|n| {
                to.bodies
                    .get(n.checked_sub(to.imported(Kind::Func))? as usize)
            });
            if let Some(addresses) = new.and_then(|new| compare(body, from, new, to)) {
                all.extend(addresses);
            }
        }
        AddressMap {
            addresses: all,
            keeps_data: memory == Memory::Multi,
        }
    }

    /// The new address of the first code at or after an old address.
    fn begin(&self, address: u64) -> Option<u64> {
        let at = self.addresses.partition_point(|(old, _)| *old < address);
        self.addresses.get(at).map(|(_, new)| *new)
    }

    /// The new address of the end of code that ended at an old address.
    fn end(&self, address: u64) -> Option<u64> {
        let at = self.addresses.partition_point(|(old, _)| *old <= address);
        self.addresses.get(at.checked_sub(1)?).map(|(_, new)| *new)
    }

    /// The new address of an instruction.
    fn exact(&self, address: u64) -> Option<u64> {
        let at = self
            .addresses
            .binary_search_by_key(&address, |(old, _)| *old)
            .ok()?;
        self.addresses.get(at).map(|(_, new)| *new)
    }

    /// The new range of code, unless it is empty.
    fn range(&self, range: &read::Range) -> Option<(u64, u64)> {
        let (begin, end) = match self.keeps_data {
            true => (self.begin(range.begin)?, self.end(range.end)?),
            // Within functions that were rewritten, addresses are unknown.
            false => (self.exact(range.begin)?, self.exact(range.end)?),
        };
        (begin < end).then_some((begin, end))
    }

    /// Converts all units of a module.
    fn dwarf(&self, from: &read::Dwarf<Bytes<'_>>, to: &mut Dwarf) -> ConvertResult<()> {
        let mut convert = to.convert(from)?;
        while let Some((mut unit, root)) = convert.read_unit()? {
            self.lines(&mut unit)?;
            let id = unit.unit.root();
            self.attributes(&mut unit, id, &root)?;
            let mut entry = root;
            while let Some(id) = unit.read_entry(&mut entry)? {
                let id = unit.add_entry(id, &entry);
                self.attributes(&mut unit, id, &entry)?;
            }
        }
        Ok(())
    }

    /// Converts the line table of a unit.
    fn lines(&self, unit: &mut ConvertUnit<'_, Bytes<'_>>) -> ConvertResult<()> {
        let Some(mut program) = unit.read_line_program(None, None)? else {
            return Ok(());
        };
        let mut from = 0;
        while let Some(sequence) = program.read_sequence()? {
            from = sequence.start.unwrap_or(from);
            let end = match sequence.end {
                ConvertLineSequenceEnd::Length(length) => from.wrapping_add(length),
                ConvertLineSequenceEnd::Address(address) => address,
            };
            let (mut first, mut last) = (None, 0);
            for mut row in sequence.rows {
                let Some(new) = self.exact(from.wrapping_add(row.address_offset)) else {
                    continue;
                };
                if first.is_none() {
                    program.begin_sequence(Some(Address::Constant(new)));
                }
                let first = *first.get_or_insert(new);
                if new < last {
                    continue;
                }
                last = new;
                row.address_offset = new.saturating_sub(first);
                program.generate_row(row);
            }
            if let Some(first) = first {
                let end = self.end(end).unwrap_or(last).max(last);
                program.end_sequence(end.saturating_sub(first));
            }
        }
        let (program, files) = program.program();
        unit.set_line_program(program, files);
        Ok(())
    }

    /// Converts the attributes of an entry.
    fn attributes<'b>(
        &self,
        unit: &mut ConvertUnit<'_, Bytes<'b>>,
        id: UnitEntryId,
        entry: &ConvertUnitEntry<'_, Bytes<'b>>,
    ) -> ConvertResult<()> {
        for attr in entry.attrs() {
            let value = match (attr.name(), attr.value()) {
                // Views cannot be written. Bounds are written together, below.
                (
                    constants::DW_AT_GNU_locviews
                    | constants::DW_AT_low_pc
                    | constants::DW_AT_high_pc,
                    _,
                ) => None,
                (
                    _,
                    value @ (read::AttributeValue::Addr(_)
                    | read::AttributeValue::DebugAddrIndex(_)),
                ) => entry
                    .read_unit
                    .attr_address(value)?
                    .and_then(|address| self.exact(address))
                    .map(|a| AttributeValue::Address(Address::Constant(a))),
                (
                    constants::DW_AT_ranges,
                    value @ (read::AttributeValue::RangeListsRef(_)
                    | read::AttributeValue::DebugRngListsIndex(_)),
                ) => self.ranges(unit, entry, value)?,
                (
                    _,
                    value @ (read::AttributeValue::LocationListsRef(_)
                    | read::AttributeValue::DebugLocListsIndex(_)),
                ) => self.locations(unit, entry, value)?,
                // Expressions have addresses of data.
                (_, read::AttributeValue::Exprloc(_)) if !self.keeps_data => None,
                _ => Some(unit.convert_attribute_value(entry.read_unit, attr, &|a| {
                    Some(Address::Constant(a))
                })?),
            };
            if let Some(value) = value {
                unit.unit.get_mut(id).set(attr.name(), value);
            }
        }
        if let Some((begin, end)) = self.bounds(entry)? {
            let unit = unit.unit.get_mut(id);
            let begin_value = AttributeValue::Address(Address::Constant(begin));
            unit.set(constants::DW_AT_low_pc, begin_value);
            if let Some(length) = end.map(|end| end.saturating_sub(begin)) {
                unit.set(constants::DW_AT_high_pc, AttributeValue::Udata(length));
            }
        }
        Ok(())
    }

    /// The new bounds of the code of an entry, if it still has code.
    fn bounds(
        &self,
        entry: &ConvertUnitEntry<'_, Bytes<'_>>,
    ) -> ConvertResult<Option<(u64, Option<u64>)>> {
        let address = |value: Option<_>| match value {
            Some(value) => entry.read_unit.attr_address(value),
            None => Ok(None),
        };
        let Some(low) = address(entry.attr_value(constants::DW_AT_low_pc))? else {
            return Ok(None);
        };
        let high = entry.attr_value(constants::DW_AT_high_pc);
        let end = match high.as_ref().and_then(read::AttributeValue::udata_value) {
            Some(length) => low.checked_add(length),
            None => address(high)?,
        };
        Ok(match end {
            Some(end) => self
                .range(&read::Range { begin: low, end })
                .map(|(begin, end)| (begin, Some(end))),
            // The base address of a unit's lists.
            None if low == 0 => Some((0, None)),
            None => self.exact(low).map(|begin| (begin, None)),
        })
    }

    /// Converts a range list.
    fn ranges<'b>(
        &self,
        unit: &mut ConvertUnit<'_, Bytes<'b>>,
        entry: &ConvertUnitEntry<'_, Bytes<'b>>,
        value: read::AttributeValue<Bytes<'b>>,
    ) -> ConvertResult<Option<AttributeValue>> {
        let mut list = Vec::new();
        if let Some(mut ranges) = entry.read_unit.attr_ranges(value)? {
            while let Some(range) = ranges.next()? {
                if let Some((begin, end)) = self.range(&range) {
                    list.push(Range::OffsetPair { begin, end });
                }
            }
        }
        let list = (!list.is_empty()).then(|| {
            list.insert(0, Range::BaseAddress { address: ZERO });
            unit.unit.ranges.add(RangeList(list))
        });
        Ok(list.map(AttributeValue::RangeListRef))
    }

    /// Converts a location list.
    fn locations<'b>(
        &self,
        unit: &mut ConvertUnit<'_, Bytes<'b>>,
        entry: &ConvertUnitEntry<'_, Bytes<'b>>,
        value: read::AttributeValue<Bytes<'b>>,
    ) -> ConvertResult<Option<AttributeValue>> {
        if !self.keeps_data {
            return Ok(None);
        }
        let mut list = Vec::new();
        if let Some(mut locations) = entry.read_unit.attr_locations(value)? {
            while let Some(location) = locations.next()? {
                let Some((begin, end)) = self.range(&location.range) else {
                    continue;
                };
                let data = unit.convert_expression(entry.read_unit, location.data, &|a| {
                    Some(Address::Constant(a))
                })?;
                list.push(Location::OffsetPair { begin, end, data });
            }
        }
        let list = (!list.is_empty()).then(|| {
            list.insert(0, Location::BaseAddress { address: ZERO });
            unit.unit.locations.add(LocationList(list))
        });
        Ok(list.map(AttributeValue::LocationListRef))
    }
}

/// The old and new addresses of the start of a body, of its instructions, and of its end. If the
/// instructions differ, only those of the start, the first instruction and the end.
fn compare(
    old: &FunctionBody<'_>,
    from: &Module<'_>,
    new: &FunctionBody<'_>,
    to: &Module<'_>,
) -> Option<Vec<(u64, u64)>> {
    let pair = |old: u64, new: u64| Some((old.checked_sub(from.code)?, new.checked_sub(to.code)?));
    let mut all = vec![pair(old.range().start, new.range().start)?];
    let mut a = old.get_operators_reader().ok()?.into_iter_with_offsets();
    let mut b = new.get_operators_reader().ok()?.into_iter_with_offsets();
    loop {
        let (a, b) = (a.next().transpose().ok()?, b.next().transpose().ok()?);
        let same = match (&a, &b) {
            (Some((a, _)), Some((b, _))) => discriminant(a) == discriminant(b),
            (a, b) => a.is_none() && b.is_none(),
        };
        if !same {
            all.truncate(2);
        }
        match (a, b) {
            (Some((_, old)), Some((_, new))) if same || all.len() == 1 => all.push(pair(old, new)?),
            _ => break,
        }
        if !same {
            break;
        }
    }
    all.push(pair(old.range().end, new.range().end)?);
    Some(all)
}
