//! Reads relocatable objects, and changes the names and bindings of their symbols.
//!
//! Source of the format: <https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md>.

use super::object_writer::Signature;
use crate::module::{section, subsections};
use rules_wit_common::{Diagnostic, Result};
use std::collections::BTreeMap;
use std::ops::Range;
use wasm_encoder::{Encode, ValType};
use wasmparser::{
    ExternalKind, FuncType, KnownCustom, Linking, Parser, Payload, SymbolFlags, SymbolInfo, TypeRef,
};

/// The subsections of `linking` that are dropped and replaced.
const COMDAT_INFO: u8 = 7;
const SYMBOL_TABLE: u8 = 8;

/// The item that a symbol refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The index of a function.
    Func(u32),
    /// Data: its segment, offset and size, if it is defined here.
    Data(Option<[u32; 3]>),
    /// The index of a global.
    Global(u32),
    /// The index of a section.
    Section(u32),
    /// The index of an exception tag.
    Tag(u32),
    /// The index of a table.
    Table(u32),
}

/// An entry of the symbol table.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// The item.
    pub target: Target,
    /// The flags: binding, visibility and others.
    pub flags: SymbolFlags,
    /// The name. `None` for sections, and for imports whose name is that of their field.
    pub name: Option<String>,
}

impl Symbol {
    /// Whether the item is defined in this object.
    pub fn is_defined(&self) -> bool {
        !self.flags.contains(SymbolFlags::UNDEFINED)
    }

    /// Whether the symbol is invisible to other objects.
    pub fn is_local(&self) -> bool {
        self.flags.contains(SymbolFlags::BINDING_LOCAL)
    }
}

/// An imported function.
#[derive(Clone, Debug)]
pub struct Import {
    /// The module; `env` for symbols of other objects.
    pub module: String,
    /// The name in that module.
    pub field: String,
    ty: u32,
}

/// A relocatable object.
pub struct Object {
    /// The name in errors.
    pub shown: String,
    /// The whole file.
    pub bytes: Vec<u8>,
    /// The symbol table.
    pub symbols: Vec<Symbol>,
    /// The imported functions, by their index.
    pub imports: Vec<Import>,
    types: Vec<Option<FuncType>>,
    functions: Vec<u32>,
    /// The names of exported functions.
    exports: BTreeMap<u32, String>,
    /// The range of the content of the `linking` section.
    linking: Range<usize>,
    /// Whether functions must run before the first call, such as C++ constructors.
    pub has_constructors: bool,
}

impl Object {
    /// Reads an object, which errors call `shown`. Fails if it has no symbol table, as linked
    /// modules.
    pub fn parse(shown: &str, bytes: Vec<u8>) -> Result<Self> {
        let bad = |e: wasmparser::BinaryReaderError| {
            Diagnostic::new(format!(
                "`{shown}` is not a valid object: {} (at offset {:#x})",
                e.message(),
                e.offset()
            ))
            .hint("rebuild it")
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
            .hint("pass the output of the compiler, before it is linked")
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

    /// The import of an undefined function symbol.
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

    /// The name that a function is exported by, if it is: that of an export, else that of its
    /// symbol.
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

    /// The functions that other objects can call.
    pub fn defined(&self) -> impl Iterator<Item = &str> {
        self.symbols.iter().filter_map(|s| self.exported_as(s))
    }

    /// The type of a function symbol. `None` if it has types that compilers do not pass.
    pub fn signature(&self, symbol: &Symbol) -> Option<Signature> {
        let ty = self.func_type(symbol)?;
        let types = |types: &[wasmparser::ValType]| -> Option<Vec<ValType>> {
            types.iter().map(|ty| ValType::try_from(*ty).ok()).collect()
        };
        Some((types(ty.params())?, types(ty.results())?))
    }

    /// Whether it exports functions, as objects from a compiler do.
    pub fn has_exports(&self) -> bool {
        !self.exports.is_empty()
    }

    /// The type of a function symbol, as it was read.
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

    /// Writes the object with the current symbols. COMDAT groups, of which the linker would keep
    /// one, are dropped: their symbols may be local now, and cannot replace those of other objects.
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
            if let Some((id, data)) = section(&self.bytes, &payload) {
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
            if let Target::Data(Some(location)) = &symbol.target {
                for part in location {
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
            let location = symbol.map(|s| [s.index, s.offset, s.size]);
            (Target::Data(location), flags, Some(name))
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

fn to_usize(offset: u64) -> usize {
    // The file is in memory, so its offsets fit.
    usize::try_from(offset).unwrap_or(usize::MAX)
}
