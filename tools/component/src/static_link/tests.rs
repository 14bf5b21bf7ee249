//! Tests of objects, archives and layouts.

use super::argument_copy::ArgumentCopy;
use super::linker::archive;
use super::object::{Object, Target};
use super::object_writer::{Code, ObjectWriter};
use wasm_encoder::{Instruction as I, ValType};
use wasmparser::SymbolFlags;
use wit_parser::Resolve;

fn object() -> Vec<u8> {
    let mut writer = ObjectWriter::default();
    let state = writer.global(3);
    writer.import("elsewhere", (vec![ValType::I32], vec![ValType::I64]));
    let mut code = Code::new(1);
    let local = code.local(ValType::I64);
    code.ops(&[I::LocalGet(0)]);
    code.call("elsewhere");
    code.ops(&[I::LocalSet(local)]);
    code.global_get(state);
    let ty = (vec![ValType::I32], vec![ValType::I32]);
    writer.function("here", ty, SymbolFlags::empty(), code);
    let mut code = Code::new(0);
    code.ops(&[I::I32Const(1)]);
    code.call("here");
    code.global_set(state);
    writer.function(
        "again",
        (vec![], vec![]),
        SymbolFlags::VISIBILITY_HIDDEN,
        code,
    );
    writer.finish()
}

#[test]
fn an_object_is_read_as_it_was_written() {
    let bytes = object();
    wasmparser::Validator::new()
        .validate_all(&bytes)
        .expect("valid");
    let object = Object::parse("o", bytes).expect("object");
    let names: Vec<_> = object.symbols.iter().map(|s| object.name(s)).collect();
    let expected = ["elsewhere", "here", "again", "static_link_state"].map(Some);
    assert_eq!(names, expected);
    let exported: Vec<_> = object
        .symbols
        .iter()
        .filter_map(|s| object.exported_as(s))
        .collect();
    assert_eq!(exported, ["here", "again"]);
    let (params, results) = object.signature(&object.symbols[0]).expect("type");
    assert_eq!((params, results), (vec![ValType::I32], vec![ValType::I64]));
    let again = Object::parse("o", object.write()).expect("object");
    assert_eq!(again.bytes, object.bytes);
}

#[test]
fn renaming_symbols_changes_nothing_else() {
    let mut object = Object::parse("o", object()).expect("object");
    let old = object.bytes.clone();
    object.symbols[0].name = Some("there".to_owned());
    object.symbols[0].flags.insert(SymbolFlags::EXPLICIT_NAME);
    object.symbols[1].flags.insert(SymbolFlags::BINDING_LOCAL);
    let new = object.write();
    let object = Object::parse("o", new.clone()).expect("object");
    assert_eq!(object.name(&object.symbols[0]), Some("there"));
    assert_eq!(object.symbols[0].target, Target::Func(0));
    assert!(object.symbols[1].is_local());
    let sections = |bytes: &[u8]| {
        wasmparser::Parser::new(0)
            .parse_all(bytes)
            .filter_map(|p| p.expect("section").as_section())
            .map(|(id, range)| (id, range.end - range.start))
            .collect::<Vec<_>>()
    };
    let (mut before, mut after) = (sections(&old), sections(&new));
    // Only `linking`, the last section but one, is longer.
    let last = before.len() - 2;
    assert_eq!(after[last].1, before[last].1 + 6);
    before.remove(last);
    after.remove(last);
    assert_eq!(before, after);
}

#[test]
fn damaged_objects_do_not_panic() {
    let bytes = object();
    for length in 0..bytes.len() {
        let _ = Object::parse("o", bytes[..length].to_vec()).map(|o| o.write());
    }
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1 << bit;
            let Ok(object) = Object::parse("o", bytes) else {
                continue;
            };
            for symbol in &object.symbols {
                let _ = (
                    object.name(symbol),
                    object.exported_as(symbol),
                    object.signature(symbol),
                );
            }
            object.write();
        }
    }
}

#[test]
fn archives_are_split_into_members() {
    let mut bytes = Vec::new();
    for data in [&b"odd"[..], b"even", b""] {
        bytes.extend(format!("{:<48}{:<10}`\n", "name/", data.len()).bytes());
        bytes.extend(data);
        bytes.resize(bytes.len().next_multiple_of(2), b'\n');
    }
    let members = archive(&bytes).expect("archive");
    assert_eq!(members, [&b"odd"[..], b"even", b""]);
    for length in 1..bytes.len() {
        let _ = archive(&bytes[..length]);
    }
    assert!(archive(&bytes[..61]).is_none());
    assert!(archive(&[b'9'; 200]).is_none());
}

#[test]
fn values_have_buffers_if_a_part_has() {
    let mut resolve = Resolve::default();
    let text = "package a:b; interface i {
        record r { a: u8, b: option<list<u8>> }
        variant v { a(u64), b(tuple<char, f32>) }
        flags f { a, b }
        t: func(r: r, v: v, f: f, s: list<string, 3>, n: tuple<u8, u64>, e: result<_, string>);
    }";
    resolve.push_str("a.wit", text).expect("parses");
    let (_, interface) = resolve.interfaces.iter().next().expect("interface");
    let params = interface.functions["t"].params.clone();
    let copies = ArgumentCopy::new(&resolve);
    let has: Vec<bool> = params.iter().map(|p| copies.has_buffers(&p.ty)).collect();
    assert_eq!(has, [true, false, false, true, false, true]);
    let (size, align, offsets) = copies.params(&params.iter().map(|p| p.ty).collect::<Vec<_>>());
    assert_eq!((size, align), (96, 8));
    assert_eq!(offsets, [0, 16, 32, 36, 64, 80]);
}
