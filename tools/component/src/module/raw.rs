//! Sections of core modules as raw bytes.

use wasmparser::{BinaryReader, Export, ExternalKind, Parser, Payload};

/// The id and the content of the section that `payload` was read from, if it is a whole section of
/// `module`.
pub fn section<'a>(module: &'a [u8], payload: &Payload) -> Option<(u8, &'a [u8])> {
    let (id, range) = payload.as_section()?;
    let range = usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?;
    Some((id, module.get(range)?))
}

/// Copies the module without the custom sections for whose names `drop` returns true.
pub fn without_sections(module: &[u8], drop: impl Fn(&str) -> bool) -> wasmparser::Result<Vec<u8>> {
    let mut out = wasm_encoder::Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        if matches!(&payload, Payload::CustomSection(s) if drop(s.name())) {
            continue;
        }
        if let Some((id, data)) = section(module, &payload) {
            out.section(&wasm_encoder::RawSection { id, data });
        }
    }
    Ok(out.finish())
}

/// Copies the module with the exports that `change` makes of those that it has.
pub fn with_exports<'a>(
    module: &'a [u8],
    change: impl Fn(&mut Vec<Export<'a>>),
) -> wasmparser::Result<Vec<u8>> {
    let mut out = wasm_encoder::Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        if let Payload::ExportSection(reader) = &payload {
            let mut exports = reader.clone().into_iter().collect::<Result<Vec<_>, _>>()?;
            change(&mut exports);
            let mut section = wasm_encoder::ExportSection::new();
            for export in exports {
                section.export(export.name, export.kind.into(), export.index);
            }
            out.section(&section);
        } else if let Some((id, data)) = section(module, &payload) {
            out.section(&wasm_encoder::RawSection { id, data });
        }
    }
    Ok(out.finish())
}

/// Copies the module and exports its first memory as `name`, unless it has an export with that name.
pub fn with_exported_memory(module: &[u8], name: &str) -> wasmparser::Result<Vec<u8>> {
    with_exports(module, |exports| {
        if exports.iter().all(|export| export.name != name) {
            exports.push(Export {
                name,
                kind: ExternalKind::Memory,
                index: 0,
            });
        }
    })
}

/// The ids and contents of the subsections of a `linking` section that was read before.
pub fn subsections(data: &[u8]) -> Vec<(u8, &[u8])> {
    let mut out = Vec::new();
    // The version, which was checked before, is the byte 2.
    let mut rest = BinaryReader::new(data.get(1..).unwrap_or_default(), 0);
    while !rest.eof() {
        let Ok(id) = rest.read_u8() else { break };
        let Ok(size) = rest.read_var_u32() else { break };
        let Ok(data) = rest.read_bytes(size as usize) else {
            break;
        };
        out.push((id, data));
    }
    out
}
