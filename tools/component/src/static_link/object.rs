//! Relocatable objects: reading their symbols, and giving these other names and bindings.
//!
//! Source of the format: <https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md>.

use super::glue::Signature;
use rules_wit_common::{Diagnostic, Result};
use std::collections::BTreeMap;
use std::ops::Range;
use wasm_encoder::{Encode, ValType};
use wasmparser::{
    BinaryReader, ExternalKind, FuncType, KnownCustom, Linking, Parser, Payload, SymbolFlags,
    SymbolInfo, TypeRef,
};

/// The subsections of `linking` that are written here, or left out.
const COMDAT_INFO: u8 = 7;
const SYMBOL_TABLE: u8 = 8;

/// What a symbol stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A function, by its index.
    Func(u32),
    /// Data; where it is, unless it is elsewhere.
    Data(Option<[u32; 3]>),
    /// A global.
    Global(u32),
    /// A section.
    Section(u32),
    /// A tag of exceptions.
    Tag(u32),
    /// A table.
    Table(u32),
}

/// An entry of the symbol table.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// What it stands for.
    pub target: Target,
    /// Binding, visibility and so on.
    pub flags: SymbolFlags,
    /// Its name; none for sections, and for imports that have the name of their field.
    pub name: Option<String>,
}

impl Symbol {
    /// Whether the object has what the symbol stands for.
    pub fn is_defined(&self) -> bool {
        !self.flags.contains(SymbolFlags::UNDEFINED)
    }

    /// Whether other objects cannot see it.
    pub fn is_local(&self) -> bool {
        self.flags.contains(SymbolFlags::BINDING_LOCAL)
    }
}

/// An imported function.
#[derive(Clone, Debug)]
pub struct Import {
    /// `env` for what the linker finds by its name.
    pub module: String,
    /// The name in that module.
    pub field: String,
    ty: u32,
}

/// A relocatable object.
pub struct Object {
    /// How errors call it.
    pub shown: String,
    /// The whole file.
    pub bytes: Vec<u8>,
    /// The symbol table.
    pub symbols: Vec<Symbol>,
    /// The imported functions; their indices are the first ones.
    pub imports: Vec<Import>,
    types: Vec<Option<FuncType>>,
    functions: Vec<u32>,
    exports: BTreeMap<u32, String>,
    linking: Range<usize>,
    /// Whether something is to run before the first call, such as constructors of C++.
    pub has_constructors: bool,
}

impl Object {
    /// Reads an object. One without a symbol table is no object, but a linked module.
    pub fn parse(shown: &str, bytes: Vec<u8>) -> Result<Self> {
        let bad = |e: wasmparser::BinaryReaderError| {
            Diagnostic::new(format!(
                "`{shown}` is not a valid object: {} (at offset {:#x})",
                e.message(),
                e.offset()
            ))
            .hint("build it again")
        };
        let mut object = Object {
            shown: shown.to_owned(),
            bytes: Vec::new(),
            symbols: Vec::new(),
            imports: Vec::new(),
            types: Vec::new(),
            functions: Vec::new(),
            exports: BTreeMap::new(),
            linking: 0..0,
            has_constructors: false,
        };
        for payload in Parser::new(0).parse_all(&bytes) {
            object.read(payload.map_err(bad)?).map_err(bad)?;
        }
        if object.linking.is_empty() {
            return Err(Diagnostic::new(format!(
                "`{shown}` is not a relocatable object: it has no symbol table"
            ))
            .hint("give what the compiler wrote, before the linker made a module of it")
            .into());
        }
        object.bytes = bytes;
        Ok(object)
    }

    fn read(&mut self, payload: Payload) -> wasmparser::Result<()> {
        match payload {
            Payload::TypeSection(section) => {
                for group in section {
                    for ty in group?.into_types() {
                        self.types.push(match ty.composite_type.inner {
                            wasmparser::CompositeInnerType::Func(ty) => Some(ty),
                            _ => None,
                        });
                    }
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    if let TypeRef::Func(ty) = import.ty {
                        self.imports.push(Import {
                            module: import.module.to_owned(),
                            field: import.name.to_owned(),
                            ty,
                        });
                    }
                }
            }
            Payload::FunctionSection(section) => {
                self.functions = section.into_iter().collect::<wasmparser::Result<_>>()?;
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind == ExternalKind::Func {
                        self.exports.insert(export.index, export.name.to_owned());
                    }
                }
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::Linking(reader) = section.as_known() {
                    let range = section.data_range();
                    self.linking = to_usize(range.start)..to_usize(range.end);
                    for subsection in reader.subsections() {
                        match subsection? {
                            Linking::SymbolTable(map) => {
                                for info in map {
                                    self.symbols.push(symbol(info?));
                                }
                            }
                            Linking::InitFuncs(map) => self.has_constructors |= map.count() > 0,
                            _ => {}
                        }
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The import that an undefined symbol stands for.
    pub fn import(&self, symbol: &Symbol) -> Option<&Import> {
        match symbol.target {
            Target::Func(index) if !symbol.is_defined() => self.imports.get(index as usize),
            _ => None,
        }
    }

    /// The name of a symbol.
    pub fn name<'a>(&'a self, symbol: &'a Symbol) -> Option<&'a str> {
        symbol
            .name
            .as_deref()
            .or_else(|| self.import(symbol).map(|i| i.field.as_str()))
    }

    /// What a function is exported as, if it is: by a name of its own, else by that of its symbol.
    pub fn exported_as<'a>(&'a self, symbol: &'a Symbol) -> Option<&'a str> {
        let Target::Func(index) = symbol.target else {
            return None;
        };
        if !symbol.is_defined() || symbol.is_local() {
            return None;
        }
        let own = self.exports.get(&index).map(String::as_str);
        own.or(symbol.name.as_deref())
    }

    /// The same, as it is written; nothing for types that no compiler passes.
    pub fn signature(&self, symbol: &Symbol) -> Option<Signature> {
        let ty = self.func_type(symbol)?;
        let types = |types: &[wasmparser::ValType]| -> Option<Vec<ValType>> {
            types.iter().map(|ty| ValType::try_from(*ty).ok()).collect()
        };
        Some((types(ty.params())?, types(ty.results())?))
    }

    /// Whether it exports functions itself, as objects do that come from a compiler.
    pub fn has_exports(&self) -> bool {
        !self.exports.is_empty()
    }

    /// The function type of a symbol.
    fn func_type(&self, symbol: &Symbol) -> Option<&FuncType> {
        let Target::Func(index) = symbol.target else {
            return None;
        };
        let index = index as usize;
        let ty = match self.imports.get(index) {
            Some(import) => import.ty,
            None => *self.functions.get(index - self.imports.len())?,
        };
        self.types.get(ty as usize)?.as_ref()
    }

    /// The same object with the symbols as they are now. Groups of which the linker would keep one
    /// are dissolved, as symbols that are local now cannot stand for those of another object.
    pub fn write(&self) -> Vec<u8> {
        let mut linking = vec![2_u8];
        let old = self.bytes.get(self.linking.clone()).unwrap_or_default();
        for (id, data) in subsections(old) {
            match id {
                SYMBOL_TABLE => {
                    linking.push(id);
                    self.symbol_table().encode(&mut linking);
                }
                COMDAT_INFO => {}
                _ => {
                    linking.push(id);
                    data.encode(&mut linking);
                }
            }
        }
        let mut out = wasm_encoder::Module::new();
        for payload in Parser::new(0).parse_all(&self.bytes).flatten() {
            if let Payload::CustomSection(section) = &payload {
                if section.name() == "linking" {
                    out.section(&wasm_encoder::CustomSection {
                        name: "linking".into(),
                        data: linking.as_slice().into(),
                    });
                    continue;
                }
            }
            if let Some((id, data)) = crate::input::section(&self.bytes, &payload) {
                out.section(&wasm_encoder::RawSection { id, data });
            }
        }
        out.finish()
    }

    fn symbol_table(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.symbols.len().encode(&mut out);
        for symbol in &self.symbols {
            let (kind, index) = match &symbol.target {
                Target::Func(index) => (0, Some(*index)),
                Target::Data(_) => (1, None),
                Target::Global(index) => (2, Some(*index)),
                Target::Section(index) => (3, Some(*index)),
                Target::Tag(index) => (4, Some(*index)),
                Target::Table(index) => (5, Some(*index)),
            };
            out.push(kind);
            symbol.flags.bits().encode(&mut out);
            if let Some(index) = index {
                index.encode(&mut out);
            }
            if let Some(name) = &symbol.name {
                name.as_str().encode(&mut out);
            }
            if let Target::Data(Some(place)) = &symbol.target {
                for part in place {
                    part.encode(&mut out);
                }
            }
        }
        out
    }
}

fn symbol(info: SymbolInfo) -> Symbol {
    let (target, flags, name) = match info {
        SymbolInfo::Func { flags, index, name } => (Target::Func(index), flags, name),
        SymbolInfo::Data {
            flags,
            name,
            symbol,
        } => {
            let place = symbol.map(|s| [s.index, s.offset, s.size]);
            (Target::Data(place), flags, Some(name))
        }
        SymbolInfo::Global { flags, index, name } => (Target::Global(index), flags, name),
        SymbolInfo::Section { flags, section } => (Target::Section(section), flags, None),
        SymbolInfo::Event { flags, index, name } => (Target::Tag(index), flags, name),
        SymbolInfo::Table { flags, index, name } => (Target::Table(index), flags, name),
    };
    Symbol {
        target,
        flags,
        name: name.map(str::to_owned),
    }
}

/// The parts of a `linking` section, whose version was read before.
fn subsections(data: &[u8]) -> Vec<(u8, &[u8])> {
    let mut out = Vec::new();
    // The version is one byte, as it is 2.
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

fn to_usize(offset: u64) -> usize {
    // Offsets lie within a file that is in memory.
    usize::try_from(offset).unwrap_or(usize::MAX)
}
