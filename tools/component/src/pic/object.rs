//! Reads a relocatable object.

use crate::module::section;
use rules_wit_common::{Diagnostic, Result};
use wasmparser::{
    CompositeInnerType, FunctionBody, KnownCustom, Linking, Parser, Payload, RelocationEntry,
    SymbolFlags, SymbolInfo, TypeRef,
};

/// A section.
pub struct Section<'a> {
    pub id: u8,
    /// The name of a custom section.
    pub name: Option<&'a str>,
    /// The content; of a custom section without its name.
    pub data: &'a [u8],
}

/// An entry of the symbol table.
pub enum Symbol<'a> {
    Func { flags: SymbolFlags, name: &'a str },
    Data { flags: SymbolFlags, name: &'a str },
    Other,
}

/// A relocatable object.
pub struct Object<'a> {
    /// The name in errors.
    pub shown: &'a str,
    /// The whole file.
    pub bytes: &'a [u8],
    pub sections: Vec<Section<'a>>,
    pub symbols: Vec<Symbol<'a>>,
    pub imported_globals: u32,
    /// The functions that are defined here, with the number of their parameters.
    pub bodies: Vec<(u32, FunctionBody<'a>)>,
    /// The number of the code section, and its offset in the file.
    pub code_at: Option<u32>,
    pub code_start: u64,
    /// The number of the section with the relocations of the code, and these, by their offset.
    pub relocations_at: Option<u32>,
    pub relocations: Vec<RelocationEntry>,
}

/// What is read before it can be combined.
#[derive(Default)]
struct Parts<'a> {
    params: Vec<u32>,
    functions: Vec<u32>,
    imported: Vec<&'a str>,
    symbols: Vec<SymbolInfo<'a>>,
    has_symbols: bool,
    has_imports: bool,
    defined_globals: u32,
    bodies: Vec<FunctionBody<'a>>,
}

impl<'a> Object<'a> {
    /// Reads an object.
    pub fn parse(shown: &'a str, bytes: &'a [u8]) -> Result<Self> {
        let mut object = Object {
            shown,
            bytes,
            sections: Vec::new(),
            symbols: Vec::new(),
            imported_globals: 0,
            bodies: Vec::new(),
            code_at: None,
            code_start: 0,
            relocations_at: None,
            relocations: Vec::new(),
        };
        let mut parts = Parts::default();
        for payload in Parser::new(0).parse_all(bytes) {
            payload
                .and_then(|payload| object.read(&mut parts, payload))
                .map_err(|e| object.invalid(&e))?;
        }
        if !parts.has_symbols || !parts.has_imports {
            return Err(Diagnostic::new(format!(
                "`{shown}` is not a relocatable object: it has no symbol table"
            ))
            .hint("pass the output of the compiler, before it is linked, or of `wasm-ld -r`")
            .into());
        }
        if parts.defined_globals > 0 {
            return Err(object.refused("it defines a global").into());
        }
        let symbol = |info: &SymbolInfo<'a>| match *info {
            SymbolInfo::Func { flags, index, name } => Symbol::Func {
                flags,
                name: name
                    .or_else(|| parts.imported.get(index as usize).copied())
                    .unwrap_or_default(),
            },
            SymbolInfo::Data { flags, name, .. } => Symbol::Data { flags, name },
            _ => Symbol::Other,
        };
        object.symbols = parts.symbols.iter().map(symbol).collect();
        let params = |ty: &u32| parts.params.get(*ty as usize).copied().unwrap_or_default();
        let functions = parts.functions.iter().map(params);
        object.bodies = functions.zip(parts.bodies).collect();
        object.relocations.sort_by_key(|entry| entry.offset);
        Ok(object)
    }

    /// The error for invalid bytes.
    pub fn invalid(&self, e: &wasmparser::BinaryReaderError) -> Diagnostic {
        let (message, offset) = (e.message(), e.offset());
        self.malformed(&format!("{message} (at offset {offset:#x})"))
    }

    /// The error for an object that no compiler writes.
    pub fn malformed(&self, what: &str) -> Diagnostic {
        Diagnostic::new(format!("`{}` is not a valid object: {what}", self.shown))
            .hint("rebuild it")
    }

    /// The error for what cannot be made position-independent.
    pub fn refused(&self, why: &str) -> Diagnostic {
        Diagnostic::new(format!(
            "`{}` cannot be made position-independent: {why}",
            self.shown
        ))
        .hint("compile it with `-fPIC`, for wasm32 without threads")
    }

    fn read(&mut self, parts: &mut Parts<'a>, payload: Payload<'a>) -> wasmparser::Result<()> {
        let number = self.sections.len() as u32;
        if let Some((id, data)) = section(self.bytes, &payload) {
            let (name, data) = match &payload {
                Payload::CustomSection(custom) => (Some(custom.name()), custom.data()),
                _ => (None, data),
            };
            self.sections.push(Section { id, name, data });
        }
        match payload {
            Payload::TypeSection(section) => {
                for group in section {
                    for ty in group?.into_types() {
                        parts.params.push(match ty.composite_type.inner {
                            CompositeInnerType::Func(ty) => ty.params().len() as u32,
                            _ => 0,
                        });
                    }
                }
            }
            Payload::ImportSection(section) => {
                parts.has_imports = true;
                for import in section.into_imports() {
                    let import = import?;
                    match import.ty {
                        TypeRef::Func(_) | TypeRef::FuncExact(_) => {
                            parts.imported.push(import.name);
                        }
                        TypeRef::Global(_) => self.imported_globals += 1,
                        _ => {}
                    }
                }
            }
            Payload::FunctionSection(section) => {
                parts.functions = section.into_iter().collect::<wasmparser::Result<_>>()?;
            }
            Payload::GlobalSection(section) => parts.defined_globals = section.count(),
            Payload::CodeSectionStart { range, .. } => {
                self.code_at = Some(number);
                self.code_start = range.start;
            }
            Payload::CodeSectionEntry(body) => parts.bodies.push(body),
            Payload::CustomSection(section) => match section.as_known() {
                KnownCustom::Linking(reader) => {
                    for subsection in reader.subsections() {
                        if let Linking::SymbolTable(map) = subsection? {
                            parts.has_symbols = true;
                            parts.symbols = map.into_iter().collect::<wasmparser::Result<_>>()?;
                        }
                    }
                }
                KnownCustom::Reloc(reader) if self.code_at == Some(reader.section_index()) => {
                    self.relocations_at = Some(number);
                    self.relocations = reader
                        .entries()
                        .into_iter()
                        .collect::<wasmparser::Result<_>>()?;
                }
                _ => {}
            },
            _ => {}
        }
        Ok(())
    }
}
