//! The sections of a core module, as the merger needs them.

use super::link::Kind;
use super::names::Names;
use super::{crash, fail};
use rules_wit_common::Result;
use std::collections::HashMap;
use wasmparser::{
    CompositeInnerType, ConstExpr, Data, Element, ElementItems, ExternalKind, FuncType,
    FunctionBody, Global, Import, KnownCustom, MemoryType, NameSectionReader, Operator, Parser,
    Payload, RecGroup, Table, TagType, TypeRef,
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
    /// Where the code section begins.
    pub code: u64,
    /// The sections with debug information.
    pub debug: Vec<(&'a str, &'a [u8])>,
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
            Payload::CodeSectionStart { range, .. } => self.code = range.start,
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            Payload::CustomSection(s) if s.name().starts_with(".debug_") => {
                self.debug.push((s.name(), s.data()));
            }
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

    /// The exports in the order of their names.
    pub fn exports(&self) -> Vec<(&'a str, (Kind, u32))> {
        let mut all: Vec<_> = self.exports.iter().map(|(n, item)| (*n, *item)).collect();
        all.sort();
        all
    }

    /// The types of functions by their number, as a module has them that was merged.
    pub fn signatures(&self) -> Vec<&FuncType> {
        let types = self.types.iter().flat_map(RecGroup::types);
        types
            .filter_map(|ty| match &ty.composite_type.inner {
                CompositeInnerType::Func(func) => Some(func),
                _ => None,
            })
            .collect()
    }

    /// The type of each function that is defined here.
    pub fn defined_signatures(&self) -> Result<Vec<&FuncType>> {
        let all = self.signatures();
        let types = self.functions.iter().map(|ty| all.get(*ty as usize));
        types
            .map(|ty| ty.copied().ok_or_else(|| crash("a type").into()))
            .collect()
    }

    /// The number of the type of each function.
    pub fn function_types(&self) -> Vec<u32> {
        let imported = self.imports.iter().filter_map(|i| match i.ty {
            TypeRef::Func(ty) => Some(ty),
            _ => None,
        });
        imported.chain(self.functions.iter().copied()).collect()
    }

    /// The functions that are elements of segments.
    pub fn elements_functions(&self) -> Result<Vec<u32>> {
        let mut all = Vec::new();
        for element in &self.elements {
            let items = functions(&element.items).map_err(|e| fail(&e))?;
            all.extend(items.into_iter().flatten().flatten());
        }
        Ok(all)
    }

    /// The names of what is in the module.
    pub fn known_names(&self) -> Names {
        self.names.clone().map(Names::read).unwrap_or_default()
    }

    /// The name of a function, for messages.
    pub fn function_name(&self, defined: usize) -> String {
        let index = self.imported(Kind::Func) + u32::try_from(defined).unwrap_or(u32::MAX);
        match self.known_names().function(index) {
            Some(name) => name.to_owned(),
            None => match self
                .exports()
                .iter()
                .find(|(_, e)| *e == (Kind::Func, index))
            {
                Some((name, _)) => (*name).to_owned(),
                None => format!("function {index}"),
            },
        }
    }

    /// The value of a constant expression that is an integer, if it is known before the module
    /// runs.
    pub fn integer(&self, expr: &ConstExpr<'a>) -> Option<i64> {
        self.integer_at(expr, 0)
    }

    fn integer_at(&self, expr: &ConstExpr<'a>, depth: u32) -> Option<i64> {
        let mut stack: Vec<i64> = Vec::new();
        for op in expr.get_operators_reader() {
            let op = op.ok()?;
            let value = match op {
                Operator::End => break,
                Operator::I32Const { value } => i64::from(value),
                Operator::I64Const { value } => value,
                Operator::GlobalGet { global_index } if depth < 1000 => {
                    self.integer_at(self.constant(global_index)?, depth + 1)?
                }
                Operator::I32Add | Operator::I32Sub | Operator::I32Mul => {
                    let (b, a) = (stack.pop()? as i32, stack.pop()? as i32);
                    i64::from(match op {
                        Operator::I32Add => a.wrapping_add(b),
                        Operator::I32Sub => a.wrapping_sub(b),
                        _ => a.wrapping_mul(b),
                    })
                }
                Operator::I64Add | Operator::I64Sub | Operator::I64Mul => {
                    let (b, a) = (stack.pop()?, stack.pop()?);
                    match op {
                        Operator::I64Add => a.wrapping_add(b),
                        Operator::I64Sub => a.wrapping_sub(b),
                        _ => a.wrapping_mul(b),
                    }
                }
                _ => return None,
            };
            stack.push(value);
        }
        stack.pop()
    }
}

/// What the items of a segment are: a function, null, or, if they are neither, nothing.
pub fn functions(items: &ElementItems<'_>) -> wasmparser::Result<Option<Vec<Option<u32>>>> {
    let mut all = Vec::new();
    match items {
        ElementItems::Functions(items) => {
            for item in items.clone() {
                all.push(Some(item?));
            }
        }
        ElementItems::Expressions(_, items) => {
            for item in items.clone() {
                all.push(match item?.get_operators_reader().read()? {
                    Operator::RefFunc { function_index } => Some(function_index),
                    Operator::RefNull { .. } => None,
                    _ => return Ok(None),
                });
            }
        }
    }
    Ok(Some(all))
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
