//! What becomes of the instructions and relocations of an object.

use super::position_independent;
use wasm_encoder::{
    CodeSection, CustomSection, Encode, EntityType, Function, FunctionSection, ImportSection,
    MemoryType, Module, RawSection, TypeSection, ValType,
};
use wasmparser::{KnownCustom, Parser, Payload, RelocationType, SymbolFlags};

/// The symbols of the object.
const FUNCTION: u32 = 0;
const VARIABLE: u32 = 1;
const ELSEWHERE: u32 = 2;
const WEAK: u32 = 3;

const FIVE: [u8; 5] = [0x80, 0x80, 0x80, 0x80, 0];

/// An object with a function of two parameters, i32 and i64, whose body is `code`. Relocations are a type,
/// an offset in `code`, a symbol and an addend.
fn object(code: &[u8], relocations: &[(RelocationType, u32, u32, i32)]) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32, ValType::I64], []);
    let mut imports = ImportSection::new();
    let memory = MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    };
    imports.import("env", "__linear_memory", EntityType::Memory(memory));
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut body = Function::new([(1, ValType::F32)]);
    body.raw(code.iter().copied());
    // The number of functions, the size of the body, and its locals.
    let start = 1 + 1 + body.byte_len() as u32 - code.len() as u32;
    assert!(body.byte_len() < 128, "the size is one byte");
    let mut section = CodeSection::new();
    section.function(&body);

    let mut table = Vec::new();
    4_u32.encode(&mut table);
    table.extend([0, 0, 0]);
    "function".encode(&mut table);
    table.extend([1, 0]);
    "variable".encode(&mut table);
    table.extend([0, 0, 4]);
    for (name, weak) in [("elsewhere", false), ("weak", true)] {
        let mut flags = SymbolFlags::UNDEFINED;
        flags.set(SymbolFlags::BINDING_WEAK, weak);
        table.push(1);
        flags.bits().encode(&mut table);
        name.encode(&mut table);
    }
    let mut linking = vec![2, 8];
    table.encode(&mut linking);
    let mut reloc = vec![3, relocations.len() as u8];
    for (ty, offset, symbol, addend) in relocations {
        reloc.push(*ty as u8);
        (start + offset).encode(&mut reloc);
        symbol.encode(&mut reloc);
        if *ty != RelocationType::TableIndexSleb {
            addend.encode(&mut reloc);
        }
    }
    let custom = |name: &'static str, data: Vec<u8>| CustomSection {
        name: name.into(),
        data: data.into(),
    };
    // One segment with 4 bytes at the address 0.
    let data = [1, 0, 0x41, 0, 0x0b, 4, 1, 2, 3, 4];
    let mut module = Module::new();
    module
        .section(&types)
        .section(&imports)
        .section(&functions)
        .section(&section)
        .section(&RawSection {
            id: 11,
            data: &data,
        })
        .section(&custom("linking", linking))
        .section(&custom("reloc.CODE", reloc));
    module.finish()
}

/// The instructions, the relocations and the imports of a rewritten object.
fn rewritten(code: &[u8], relocations: &[(RelocationType, u32, u32, i32)]) -> Vec<String> {
    let old = object(code, relocations);
    wasmparser::validate(&old).expect("the input is valid");
    let new = position_independent("a.o", &old).expect("it can be rewritten");
    let mut out = Vec::new();
    let (mut entries, mut at) = (Vec::new(), 0);
    for payload in Parser::new(0).parse_all(&new) {
        match payload.expect("it can be read") {
            Payload::ImportSection(section) => {
                for import in section.into_imports().skip(1) {
                    let import = import.expect("an import");
                    out.push(format!("{}.{}", import.module, import.name));
                }
            }
            Payload::CodeSectionStart { range, .. } => at = range.start,
            Payload::CustomSection(section) => match section.as_known() {
                KnownCustom::Reloc(reader) => {
                    entries = reader.entries().into_iter().flatten().collect();
                }
                KnownCustom::Linking(_) => assert!(section.data().ends_with(&[2, 16, 0, 2, 16, 1])),
                _ => {}
            },
            _ => {}
        }
    }
    for payload in Parser::new(0).parse_all(&new).flatten() {
        let Payload::CodeSectionEntry(body) = payload else {
            continue;
        };
        let mut reader = body.get_operators_reader().expect("instructions");
        while !reader.eof() {
            let operator = reader.read().expect("an instruction");
            let end = reader.original_position() - at;
            let mut text = format!("{operator:?}");
            if let Some(entry) = entries.first().filter(|e| u64::from(e.offset) < end) {
                // The linker replaces 5 bytes at the end of the instruction.
                assert_eq!(u64::from(entry.offset) + 5, end, "{text}");
                text = format!("{:?} {} {}", entry.ty, entry.index, entry.addend);
                entries.remove(0);
            }
            out.push(text);
        }
    }
    assert!(entries.is_empty());
    wasmparser::validate(&new).expect("the result is valid");
    out
}

const BASES: [&str; 2] = ["env.__memory_base", "env.__table_base"];

/// What pushes the address of `VARIABLE`.
const ADDRESS: [&str; 3] = ["GlobalIndexLeb 4 0", "MemoryAddrRelSleb 1 -8", "I32Add"];

fn expect(actual: Vec<String>, parts: &[&[&str]]) {
    assert_eq!(actual, parts.concat());
}

#[test]
fn constants() {
    let code = [&[0x41][..], &FIVE, &[0x1a, 0x41], &FIVE, &[0x1a, 0x0b]].concat();
    let relocations = [
        (RelocationType::MemoryAddrSleb, 1, VARIABLE, -8),
        (RelocationType::TableIndexSleb, 8, FUNCTION, 0),
    ];
    let function = ["GlobalIndexLeb 5 0", "TableIndexRelSleb 0 0", "I32Add"];
    expect(
        rewritten(&code, &relocations),
        &[&BASES, &ADDRESS, &["Drop"], &function, &["Drop", "End"]],
    );
}

#[test]
fn loads_and_stores() {
    // (drop (i32.load offset=VARIABLE (local.get 0))) (drop (i32.load offset=VARIABLE (i32.const 0)))
    let code = [
        &[0x20, 0, 0x28, 2][..],
        &FIVE,
        &[0x1a, 0x41, 0, 0x28, 2],
        &FIVE,
        &[0x1a, 0x0b],
    ];
    let relocations = [4, 14].map(|at| (RelocationType::MemoryAddrLeb, at, VARIABLE, -8));
    let load = "I32Load { memarg: MemArg { align: 2, max_align: 2, offset: 0, memory: 0 } }";
    expect(
        rewritten(&code.concat(), &relocations),
        &[
            &BASES,
            &["LocalGet { local_index: 0 }"],
            &ADDRESS,
            &["I32Add", load, "Drop"],
            &ADDRESS,
            &[load, "Drop", "End"],
        ],
    );

    // (i64.store offset=VARIABLE (local.get 0) (local.get 1)): the value waits in the new local 3.
    let code = [&[0x20, 0, 0x20, 1, 0x37, 3][..], &FIVE, &[0x0b]].concat();
    let relocations = [(RelocationType::MemoryAddrLeb, 6, VARIABLE, -8)];
    let store = "I64Store { memarg: MemArg { align: 3, max_align: 3, offset: 0, memory: 0 } }";
    expect(
        rewritten(&code, &relocations),
        &[
            &BASES,
            &[
                "LocalGet { local_index: 0 }",
                "LocalGet { local_index: 1 }",
                "LocalSet { local_index: 3 }",
            ],
            &ADDRESS,
            &["I32Add", "LocalGet { local_index: 3 }", store, "End"],
        ],
    );
}

#[test]
fn symbols_of_other_libraries() {
    let code = [&[0x41][..], &FIVE, &[0x1a, 0x41], &FIVE, &[0x1a, 0x0b]].concat();
    let relocations = [
        (RelocationType::MemoryAddrSleb, 1, ELSEWHERE, 4),
        (RelocationType::MemoryAddrSleb, 8, WEAK, 0),
    ];
    let elsewhere = [
        "GlobalIndexLeb 2 0",
        "I32Const { value: 4 }",
        "I32Add",
        "Drop",
    ];
    expect(
        rewritten(&code, &relocations),
        &[
            &BASES,
            &["GOT.mem.elsewhere"],
            &elsewhere,
            &["I32Const { value: 0 }", "Drop", "End"],
        ],
    );
}

#[test]
fn code_without_addresses_is_unchanged() {
    let old = object(&[0x0b], &[]);
    assert_eq!(position_independent("a.o", &old).expect("an object"), old);
}

#[test]
fn refused() {
    let code = [&[0x41][..], &FIVE, &[0x1a, 0x0b]].concat();
    for (ty, offset, symbol, error) in [
        (
            RelocationType::MemoryAddrTlsSleb,
            1,
            VARIABLE,
            "thread-local variables",
        ),
        (
            RelocationType::MemoryAddrSleb,
            0,
            VARIABLE,
            "not at a number",
        ),
        (
            RelocationType::MemoryAddrSleb,
            1,
            FUNCTION,
            "a wrong symbol",
        ),
        (RelocationType::MemoryAddrSleb, 1, 9, "no symbol"),
        (
            RelocationType::MemoryAddrSleb,
            90,
            VARIABLE,
            "behind the code",
        ),
    ] {
        let old = object(&code, &[(ty, offset, symbol, 0)]);
        let e = position_independent("a.o", &old).expect_err("an error");
        assert!(format!("{e:?}").contains(error), "{e:?}");
    }
    let module = wat::parse_str("(module)").expect("a module");
    let e = position_independent("a.o", &module).expect_err("an error");
    assert!(format!("{e:?}").contains("no symbol table"), "{e:?}");
}

#[test]
fn damaged_objects_do_not_panic() {
    let code = [
        &[0x20, 0, 0x28, 2][..],
        &FIVE,
        &[0x1a, 0x41],
        &FIVE,
        &[0x1a, 0x0b],
    ]
    .concat();
    let relocations = [
        (RelocationType::MemoryAddrLeb, 4, VARIABLE, 0),
        (RelocationType::TableIndexSleb, 11, FUNCTION, 0),
    ];
    let old = object(&code, &relocations);
    for at in 8..old.len() {
        let _ = position_independent("a.o", &old[..at]);
        for value in [0, 1, 3, 0x7f, 0x80, 0xff] {
            let mut bad = old.clone();
            bad[at] = value;
            let _ = position_independent("a.o", &bad);
        }
    }
}
