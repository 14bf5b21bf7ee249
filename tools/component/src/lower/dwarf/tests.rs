//! A module in which each instruction has its own line, before and after lowering.

use super::*;
use crate::lower::{lower, Bounds, Features, Options};
use gimli::write::{self, LineProgram, LineString, Unit};
use gimli::{Encoding, EndianSlice, Format, LineEncoding};
use std::mem::Discriminant;
use wasmparser::Operator;

/// The number of unused functions before the others, so that indices shrink from two bytes to one.
const UNUSED: usize = 150;

fn text() -> String {
    let unused: String = (0..UNUSED)
        .map(|i| format!("(func $u{i} (drop (i32.const {i})))\n"))
        .collect();
    format!(
        r#"(module {unused}
          (global $g (mut i32) (i32.const 3))
          (func $inner (param i32) (result i32) (local i64)
            (i32.add (local.get 0) (global.get $g)))
          (func (export "run") (param i32) (result i32)
            (if (local.get 0) (then (global.set $g (i32.const 70000))))
            (call $inner (call $inner (local.get 0)))))"#
    )
}

/// The debug information of a module, with a line for each instruction and an entry for each
/// function.
fn described(wasm: &[u8], version: u16) -> Vec<(&'static str, Vec<u8>)> {
    let module = Module::new(wasm).expect("a module");
    let encoding = Encoding {
        format: Format::Dwarf32,
        version,
        address_size: 4,
    };
    let name = |text: &str| LineString::String(text.as_bytes().to_vec());
    let mut lines = LineProgram::new(
        encoding,
        LineEncoding::default(),
        name("dir"),
        None,
        name("file"),
        None,
    );
    let dir = lines.default_directory();
    let file = lines.add_file(name("file"), dir, None);
    let mut dwarf = Dwarf::new();
    let mut list = vec![Range::BaseAddress { address: ZERO }];
    let mut functions = Vec::new();
    let mut line = 0;
    for body in &module.bodies {
        let at = |offset: u64| offset - module.code;
        let (begin, end) = (at(body.range().start), at(body.range().end));
        lines.begin_sequence(Some(Address::Constant(begin)));
        let mut operators = body
            .get_operators_reader()
            .expect("code")
            .into_iter_with_offsets();
        while let Some(Ok((_, offset))) = operators.next() {
            line += 1;
            lines.row().file = file;
            lines.row().line = line;
            lines.row().address_offset = at(offset) - begin;
            lines.generate_row();
        }
        lines.end_sequence(end - begin);
        list.push(Range::OffsetPair { begin, end });
        functions.push((begin, end));
    }
    let unit = dwarf.units.add(Unit::new(encoding, lines));
    let unit = dwarf.units.get_mut(unit);
    let ranges = unit.ranges.add(RangeList(list));
    let root = unit.root();
    // Not the base of its ranges, which have a base of their own.
    let (low, _) = functions[UNUSED + 1];
    let low = AttributeValue::Address(Address::Constant(low));
    unit.get_mut(root).set(constants::DW_AT_low_pc, low);
    unit.get_mut(root).set(
        constants::DW_AT_ranges,
        AttributeValue::RangeListRef(ranges),
    );
    for (number, (begin, end)) in functions.into_iter().enumerate() {
        let id = unit.add(root, constants::DW_TAG_subprogram);
        let mut expression = write::Expression::new();
        // The address of a variable, not of code.
        expression.op_addr(Address::Constant(begin));
        let data = expression.clone();
        let half = begin + (end - begin) / 2;
        let list = vec![
            Location::BaseAddress { address: ZERO },
            Location::OffsetPair {
                begin,
                end: half,
                data,
            },
        ];
        let locations = unit.locations.add(LocationList(list));
        let entry = unit.get_mut(id);
        let name = AttributeValue::String(format!("f{number}").into_bytes());
        entry.set(constants::DW_AT_name, name);
        entry.set(
            constants::DW_AT_low_pc,
            AttributeValue::Address(Address::Constant(begin)),
        );
        entry.set(constants::DW_AT_high_pc, AttributeValue::Udata(end - begin));
        entry.set(
            constants::DW_AT_location,
            AttributeValue::LocationListRef(locations),
        );
        entry.set(
            constants::DW_AT_static_link,
            AttributeValue::Exprloc(expression),
        );
    }
    let mut sections = Sections::new(EndianVec::new(LittleEndian));
    dwarf.write(&mut sections).expect("written");
    let mut out = Vec::new();
    let each = sections.for_each(|id, data| {
        if !data.slice().is_empty() {
            out.push((id.name(), data.slice().to_vec()));
        }
        Ok::<_, gimli::Error>(())
    });
    each.expect("sections");
    out
}

fn component(version: u16, damage: impl Fn(&mut Vec<u8>)) -> (Vec<u8>, Vec<u8>) {
    let mut resolve = wit_parser::Resolve::default();
    let wit = "package t:t; world w { export run: func(a: u32) -> u32; }";
    let package = resolve.push_str("t.wit", wit).expect("WIT");
    let world = resolve
        .select_world(&[package], Some("w"))
        .expect("a world");
    let mut wasm = wat::parse_str(text()).expect("text");
    for (name, mut data) in described(&wasm, version) {
        damage(&mut data);
        let section = CustomSection {
            name: name.into(),
            data: data.into(),
        };
        wasm.push(section.id());
        section.encode(&mut wasm);
    }
    let encoding = wit_component::StringEncoding::UTF8;
    wit_component::embed_component_metadata(&mut wasm, &resolve, world, encoding).expect("world");
    let mut encoder = wit_component::ComponentEncoder::default();
    encoder.module(&wasm).expect("a module");
    (encoder.encode().expect("a component"), wasm)
}

fn lowered(component: Vec<u8>, memory: Memory) -> Vec<u8> {
    let options = Options {
        memory,
        bounds: Bounds::Checked,
        features: Some(Features::MultiMemory),
    };
    lower(&component, &options)
        .map_err(|e| e.failure(std::path::Path::new("in.wasm")).render(false))
        .expect("lowered")
        .module
}

type Kinds = Vec<(u64, Discriminant<Operator<'static>>)>;

fn kinds(module: &Module<'_>) -> Kinds {
    let mut all = Vec::new();
    for body in &module.bodies {
        let mut operators = body
            .get_operators_reader()
            .expect("code")
            .into_iter_with_offsets();
        while let Some(Ok((operator, offset))) = operators.next() {
            // The type of a discriminant has the lifetime of the operator, so make `'static` ones.
            let kind: Discriminant<Operator<'static>> = match operator {
                Operator::End => discriminant(&Operator::End),
                Operator::Call { .. } => discriminant(&Operator::Call { function_index: 0 }),
                Operator::LocalGet { .. } => discriminant(&Operator::LocalGet { local_index: 0 }),
                Operator::GlobalGet { .. } => {
                    discriminant(&Operator::GlobalGet { global_index: 0 })
                }
                Operator::GlobalSet { .. } => {
                    discriminant(&Operator::GlobalSet { global_index: 0 })
                }
                Operator::I32Const { .. } => discriminant(&Operator::I32Const { value: 0 }),
                Operator::I32Add => discriminant(&Operator::I32Add),
                Operator::Drop => discriminant(&Operator::Drop),
                _ => discriminant(&Operator::Nop),
            };
            all.push((offset - module.code, kind));
        }
    }
    all
}

type Bytes<'a> = EndianSlice<'a, LittleEndian>;

fn read<'a>(module: &Module<'a>) -> read::Dwarf<Bytes<'a>> {
    let load = |id: gimli::SectionId| {
        let found = module.debug.iter().find(|(name, _)| *name == id.name());
        Ok::<_, gimli::Error>(EndianSlice::new(
            found.map_or(&[][..], |(_, data)| data),
            LittleEndian,
        ))
    };
    read::Dwarf::load(load).expect("sections")
}

#[test]
fn every_line_stays_at_its_instruction() {
    for version in [4, 5] {
        let (component, module) = component(version, |_| {});
        let before = Module::new(&module).expect("a module");
        let bytes = lowered(component, Memory::Multi);
        let after = Module::new(&bytes).expect("a module");
        let (old, new) = (kinds(&before), kinds(&after));
        let dwarf = read(&after);
        let header = dwarf.units().next().expect("units").expect("a unit");
        let unit = dwarf.unit(header).expect("a unit");
        let mut rows = unit.line_program.clone().expect("lines").rows();
        let mut seen = 0;
        while let Some((_, row)) = rows.next_row().expect("a row") {
            if row.end_sequence() {
                let ends = after
                    .bodies
                    .iter()
                    .any(|b| b.range().end - after.code == row.address());
                assert!(ends, "{:#x} is no end", row.address());
                continue;
            }
            let line = row.line().expect("a line").get() as usize;
            let at = new.iter().find(|(offset, _)| *offset == row.address());
            let (_, kind) = at.unwrap_or_else(|| panic!("nothing at {:#x}", row.address()));
            assert_eq!(*kind, old[line - 1].1, "line {line}");
            seen += 1;
        }
        // Only the two functions that are called are kept.
        let count = |body: &FunctionBody<'_>| {
            body.get_operators_reader()
                .expect("code")
                .into_iter()
                .count()
        };
        let kept: usize = before.bodies[UNUSED..].iter().map(count).sum();
        assert_eq!(seen, kept);

        let mut entries = unit.entries();
        let mut places = Vec::new();
        while let Some(entry) = entries.next_dfs().expect("an entry") {
            let ranges = dwarf.die_ranges(&unit, entry);
            let ranges = ranges.map(|mut all| {
                let mut out = Vec::new();
                while let Some(range) = all.next().expect("a range") {
                    out.push((range.begin, range.end));
                }
                out
            });
            places.push((entry.tag(), ranges.expect("ranges")));
            if let Some(attr) = entry.attr(constants::DW_AT_static_link) {
                let Some(expression) = attr.exprloc_value() else {
                    panic!("no expression")
                };
                let mut operations = expression.operations(unit.encoding());
                let operation = operations.next().expect("an operation");
                // The address of data is unchanged.
                let old: Vec<u64> = before
                    .bodies
                    .iter()
                    .map(|b| b.range().start - before.code)
                    .collect();
                assert!(
                    matches!(operation, Some(read::Operation::Address { address }) if old.contains(&address))
                );
            }
        }
        let bodies: Vec<(u64, u64)> = after
            .bodies
            .iter()
            .map(|b| (b.range().start - after.code, b.range().end - after.code))
            .collect();
        let functions: Vec<_> = places[1..]
            .iter()
            .filter(|(_, ranges)| !ranges.is_empty())
            .collect();
        assert_eq!(places.len(), 1 + UNUSED + 2);
        assert_eq!(functions.len(), 2);
        for (_, ranges) in functions {
            assert!(
                ranges.len() == 1 && bodies.contains(&ranges[0]),
                "{ranges:x?}"
            );
            assert!(places[0].1.contains(&ranges[0]), "not in the unit");
        }
        assert_eq!(places[0].1.len(), 2);
    }
}

#[test]
fn with_one_memory_lines_are_at_the_starts_of_functions() {
    let (component, module) = component(4, |_| {});
    let before = Module::new(&module).expect("a module");
    let bytes = lowered(component, Memory::Single);
    let after = Module::new(&bytes).expect("a module");
    let dwarf = read(&after);
    let header = dwarf.units().next().expect("units").expect("a unit");
    let unit = dwarf.unit(header).expect("a unit");
    // The lines of a function that is kept.
    let lines = |number: usize| {
        let count = |body: &FunctionBody<'_>| {
            let code = body.get_operators_reader().expect("code");
            code.into_iter().count()
        };
        let first: usize = before.bodies[..number].iter().map(count).sum();
        first + 1..first + 1 + count(&before.bodies[number])
    };
    let mut seen = Vec::new();
    let mut rows = unit.line_program.clone().expect("lines").rows();
    while let Some((_, row)) = rows.next_row().expect("a row") {
        let inside = |b: &&FunctionBody<'_>| {
            let range = b.range().start - after.code..=b.range().end - after.code;
            range.contains(&row.address())
        };
        assert!(
            after.bodies.iter().any(|b| inside(&b)),
            "{:#x}",
            row.address()
        );
        if !row.end_sequence() {
            seen.push(row.line().expect("a line").get() as usize);
        }
    }
    for number in [UNUSED, UNUSED + 1] {
        let lines = lines(number);
        assert!(
            seen.contains(&lines.start),
            "{seen:?} without {}",
            lines.start
        );
    }
    assert!(seen.iter().all(|line| *line >= lines(UNUSED).start));

    let mut entries = unit.entries();
    let mut functions = 0;
    while let Some(entry) = entries.next_dfs().expect("an entry") {
        for name in [constants::DW_AT_location, constants::DW_AT_static_link] {
            assert!(entry.attr(name).is_none(), "an address of data");
        }
        functions += usize::from(entry.attr(constants::DW_AT_high_pc).is_some());
    }
    assert_eq!(functions, 2);
}

#[test]
fn damaged_debug_information_is_dropped_or_converted() {
    for step in 0..60 {
        let (component, _) = component(4, |data| {
            let at = step * 7 % data.len();
            data[at] ^= 0xff;
            if step % 3 == 0 {
                data.truncate(at);
            }
        });
        let memories = [Memory::Multi, Memory::Single];
        lowered(component, memories[step % 2]);
    }
}
