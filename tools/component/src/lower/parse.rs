//! The sections of a core module, as the merger needs them.

use super::fail;
use super::link::Kind;
use rules_wit_common::Result;
use std::collections::HashMap;
use wasmparser::{
    ConstExpr, Data, Element, ExternalKind, FunctionBody, Global, Import, KnownCustom, MemoryType,
    NameSectionReader, Parser, Payload, RecGroup, Table, TagType, TypeRef,
};

/// A module in its parts.
#[derive(Default)]
pub struct Parsed<'a> {
    pub types: Vec<RecGroup>,
    pub imports: Vec<Import<'a>>,
    pub functions: Vec<u32>,
    pub tables: Vec<Table<'a>>,
    pub memories: Vec<MemoryType>,
    pub globals: Vec<Global<'a>>,
    pub tags: Vec<TagType>,
    pub exports: HashMap<&'a str, (Kind, u32)>,
    pub start: Option<u32>,
    pub elements: Vec<Element<'a>>,
    pub data: Vec<Data<'a>>,
    pub bodies: Vec<FunctionBody<'a>>,
    pub names: Option<NameSectionReader<'a>>,
    pub module_name: Option<&'a str>,
}

impl<'a> Parsed<'a> {
    /// Reads a module that was validated before.
    pub fn new(wasm: &'a [u8]) -> Result<Self> {
        let mut parsed = Parsed::default();
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload.map_err(|e| fail(&e))?;
            parsed.section(payload).map_err(|e| fail(&e))?;
        }
        Ok(parsed)
    }

    fn section(&mut self, payload: Payload<'a>) -> wasmparser::Result<()> {
        match payload {
            Payload::TypeSection(s) => self.types = s.into_iter().collect::<Result<_, _>>()?,
            Payload::ImportSection(s) => {
                self.imports = s.into_imports().collect::<Result<_, _>>()?;
            }
            Payload::FunctionSection(s) => {
                self.functions = s.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::TableSection(s) => self.tables = s.into_iter().collect::<Result<_, _>>()?,
            Payload::MemorySection(s) => {
                self.memories = s.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::GlobalSection(s) => self.globals = s.into_iter().collect::<Result<_, _>>()?,
            Payload::TagSection(s) => self.tags = s.into_iter().collect::<Result<_, _>>()?,
            Payload::ExportSection(s) => {
                for export in s {
                    let export = export?;
                    let kind = match export.kind {
                        ExternalKind::Func | ExternalKind::FuncExact => Kind::Func,
                        ExternalKind::Table => Kind::Table,
                        ExternalKind::Memory => Kind::Memory,
                        ExternalKind::Global => Kind::Global,
                        ExternalKind::Tag => Kind::Tag,
                    };
                    self.exports.insert(export.name, (kind, export.index));
                }
            }
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(s) => {
                self.elements = s.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::DataSection(s) => self.data = s.into_iter().collect::<Result<_, _>>()?,
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            Payload::CustomSection(s) => {
                if let KnownCustom::Name(names) = s.as_known() {
                    for name in names.clone() {
                        // Names that cannot be read are left out.
                        if let Ok(wasmparser::Name::Module { name, .. }) = name {
                            self.module_name = Some(name);
                        }
                    }
                    self.names = Some(names);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// How many imports of a kind there are.
    pub fn imported(&self, kind: Kind) -> u32 {
        let count = self.imports.iter().filter(|i| kind_of(&i.ty) == kind);
        u32::try_from(count.count()).unwrap_or(u32::MAX)
    }

    /// How many items of a kind are defined here.
    pub fn defined(&self, kind: Kind) -> u32 {
        let count = match kind {
            Kind::Func => self.functions.len(),
            Kind::Table => self.tables.len(),
            Kind::Memory => self.memories.len(),
            Kind::Global => self.globals.len(),
            Kind::Tag => self.tags.len(),
        };
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// The initial value of a global that is defined here and never changes.
    pub fn constant(&self, global: u32) -> Option<&ConstExpr<'a>> {
        let defined = global.checked_sub(self.imported(Kind::Global))?;
        let global = self.globals.get(defined as usize)?;
        (!global.ty.mutable).then_some(&global.init_expr)
    }
}

/// The kind of an import.
pub fn kind_of(ty: &TypeRef) -> Kind {
    match ty {
        TypeRef::Func(_) | TypeRef::FuncExact(_) => Kind::Func,
        TypeRef::Table(_) => Kind::Table,
        TypeRef::Memory(_) => Kind::Memory,
        TypeRef::Global(_) => Kind::Global,
        TypeRef::Tag(_) => Kind::Tag,
    }
}
