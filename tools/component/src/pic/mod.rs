//! Makes relocatable objects position-independent, so that a shared library can consist of them.
//!
//! A compiler without `-fPIC` writes the addresses of variables and functions as constants that the
//! linker fills in, with a relocation for each. Here they become sums of a base address, which the
//! host of the library chooses, and a constant:
//!
//! | instruction | becomes |
//! |---|---|
//! | `i32.const VARIABLE` | `global.get __memory_base`, `i32.const VARIABLE`, `i32.add` |
//! | `i32.const FUNCTION` | `global.get __table_base`, `i32.const FUNCTION`, `i32.add` |
//! | a load or store with `offset=VARIABLE` | the same instruction, with the address of the variable added to its operand |
//!
//! Addresses of symbols that other libraries define are globals, which the host sets. Data needs no
//! changes: the linker generates code that relocates it.
//!
//! Source of the formats: <https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md> and
//! DynamicLinking.md beside it.

mod code;
mod object;
#[cfg(test)]
mod tests;

use crate::module::subsections;
use code::{Code, MEMORY_BASE, TABLE_BASE};
use object::{Object, Symbol};
use rules_wit_common::Result;
use wasm_encoder::{CustomSection, Encode, Module, RawSection, SectionId};
use wasmparser::{RelocAddendKind, RelocationEntry, SymbolFlags};

/// The subsection of `linking` with the symbols, and the kind of a symbol that is a global.
const SYMBOL_TABLE: u8 = 8;
const GLOBAL_SYMBOL: u8 = 2;

/// Makes the code of an object, which errors call `shown`, position-independent.
pub fn position_independent(shown: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    let object = Object::parse(shown, bytes)?;
    let code = Code::new(&object)?;
    if !code.changed {
        return Ok(bytes.to_vec());
    }
    let mut out = Module::new();
    for (index, section) in (0..).zip(&object.sections) {
        let id = section.id;
        let data: Vec<u8> = match section.name {
            None if id == SectionId::Import as u8 => imports(section.data, &code, &object),
            None if id == SectionId::Code as u8 => code.bytes.clone(),
            Some("linking") => linking(section.data, &object),
            Some(_) if object.relocations_at == Some(index) => relocations(&code, &object),
            _ => section.data.to_vec(),
        };
        match section.name {
            Some(name) => out.section(&CustomSection {
                name: name.into(),
                data: data.as_slice().into(),
            }),
            None => out.section(&RawSection { id, data: &data }),
        };
    }
    Ok(out.finish())
}

/// The import section, with the base addresses and those of other libraries.
fn imports(old: &[u8], code: &Code<'_>, object: &Object<'_>) -> Vec<u8> {
    let (count, rest) = counted(old);
    let mut out = Vec::new();
    let mut import = |module: &str, name: &str, mutable: bool| {
        module.encode(&mut out);
        name.encode(&mut out);
        // A global of the type i32.
        out.extend([3, 0x7f, u8::from(mutable)]);
    };
    import("env", MEMORY_BASE, false);
    import("env", TABLE_BASE, false);
    for symbol in &code.elsewhere {
        match object.symbols.get(*symbol as usize) {
            Some(Symbol::Func { name, .. }) => import("GOT.func", name, true),
            Some(Symbol::Data { name, .. }) => import("GOT.mem", name, true),
            _ => {}
        }
    }
    let mut section = Vec::new();
    (count + 2 + code.elsewhere.len() as u32).encode(&mut section);
    section.extend(rest);
    section.extend(out);
    section
}

/// The section `linking`, with symbols of the base addresses behind the others.
fn linking(old: &[u8], object: &Object<'_>) -> Vec<u8> {
    // The version.
    let mut out = vec![2];
    for (id, data) in subsections(old) {
        out.push(id);
        if id != SYMBOL_TABLE {
            data.encode(&mut out);
            continue;
        }
        let (count, rest) = counted(data);
        let mut table = Vec::new();
        (count + 2).encode(&mut table);
        table.extend(rest);
        for index in [object.imported_globals, object.imported_globals + 1] {
            table.push(GLOBAL_SYMBOL);
            SymbolFlags::UNDEFINED.bits().encode(&mut table);
            index.encode(&mut table);
        }
        table.encode(&mut out);
    }
    out
}

/// The section with the relocations of the code.
fn relocations(code: &Code<'_>, object: &Object<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    object.code_at.unwrap_or_default().encode(&mut out);
    code.relocations.len().encode(&mut out);
    for RelocationEntry {
        ty,
        offset,
        index,
        addend,
    } in &code.relocations
    {
        out.push(*ty as u8);
        offset.encode(&mut out);
        index.encode(&mut out);
        if ty.addend_kind() != RelocAddendKind::None {
            addend.encode(&mut out);
        }
    }
    out
}

/// The number at the start, and what follows. Both were read before, so the number is valid.
fn counted(data: &[u8]) -> (u32, &[u8]) {
    let mut reader = wasmparser::BinaryReader::new(data, 0);
    let count = reader.read_var_u32().unwrap_or_default();
    let at = usize::try_from(reader.original_position()).unwrap_or(usize::MAX);
    (count, data.get(at..).unwrap_or_default())
}
