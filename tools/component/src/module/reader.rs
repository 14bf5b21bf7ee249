//! Reading a core module.

use super::constant::evaluate;
use super::kind::Kind;
use super::names::Names;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use wasmparser::{
    CompositeInnerType, ConstExpr, Data, Element, ElementItems, FuncType, FunctionBody, Global,
    Import, KnownCustom, MemoryType, NameSectionReader, Operator, Parser, Payload, RecGroup,
    Result, Table, TagType, TypeRef,
};

/// The sections of a module.
#[derive(Default)]
pub struct Module<'a> {
    pub types: Vec<RecGroup>,
    pub imports: Vec<Import<'a>>,
    /// The type indices of the functions that are defined here.
    pub functions: Vec<u32>,
    pub tables: Vec<Table<'a>>,
    pub memories: Vec<MemoryType>,
    pub globals: Vec<Global<'a>>,
    pub tags: Vec<TagType>,
    pub exports: BTreeMap<&'a str, (Kind, u32)>,
    pub start: Option<u32>,
    pub elements: Vec<Element<'a>>,
    pub data: Vec<Data<'a>>,
    pub bodies: Vec<FunctionBody<'a>>,
    /// The number of imports of each kind.
    imported: [u32; 5],
    names: Option<NameSectionReader<'a>>,
    /// The values of the globals that are constant integers.
    integers: OnceCell<Vec<Option<i64>>>,
    /// The offset of the content of the code section.
    pub code: u64,
    /// The names and contents of the sections with debug information.
    pub debug: Vec<(&'a str, &'a [u8])>,
}

impl<'a> Module<'a> {
    /// Reads a valid module.
    pub fn new(wasm: &'a [u8]) -> Result<Self> {
        let mut module = Module::default();
        for payload in Parser::new(0).parse_all(wasm) {
            module.section(payload?)?;
        }
        Ok(module)
    }

    fn section(&mut self, payload: Payload<'a>) -> Result<()> {
        match payload {
            Payload::TypeSection(s) => self.types = s.into_iter().collect::<Result<_, _>>()?,
            Payload::ImportSection(s) => {
                self.imports = s.into_imports().collect::<Result<_, _>>()?;
                for import in &self.imports {
                    self.imported[Kind::from(import.ty) as usize] += 1;
                }
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
                    let item = (export.kind.into(), export.index);
                    self.exports.insert(export.name, item);
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
                    self.names = Some(names);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The number of imports of a kind.
    pub fn imported(&self, kind: Kind) -> u32 {
        self.imported[kind as usize]
    }

    /// The number of items of a kind that are defined here.
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

    /// A global, if it is defined here and immutable.
    pub fn constant(&self, global: u32) -> Option<&Global<'a>> {
        let defined = global.checked_sub(self.imported(Kind::Global))?;
        let global = self.globals.get(defined as usize)?;
        (!global.ty.mutable).then_some(global)
    }

    /// The function types by their index, of a module that has only such types.
    pub fn signatures(&self) -> Vec<&FuncType> {
        let types = self.types.iter().flat_map(RecGroup::types);
        types
            .filter_map(|ty| match &ty.composite_type.inner {
                CompositeInnerType::Func(func) => Some(func),
                _ => None,
            })
            .collect()
    }

    /// The type of each function that is defined here; `None` if there is no such function type.
    pub fn defined_signatures(&self) -> Option<Vec<&FuncType>> {
        let all = self.signatures();
        let types = self.functions.iter();
        types.map(|ty| all.get(*ty as usize).copied()).collect()
    }

    /// The type index of each function, imported ones first.
    pub fn function_types(&self) -> Vec<u32> {
        let imported = self.imports.iter().filter_map(|i| match i.ty {
            TypeRef::Func(ty) => Some(ty),
            _ => None,
        });
        imported.chain(self.functions.iter().copied()).collect()
    }

    /// The functions in element segments.
    pub fn elements_functions(&self) -> Result<Vec<u32>> {
        let mut all = Vec::new();
        for element in &self.elements {
            let items = element_functions(&element.items)?;
            all.extend(items.into_iter().flatten().flatten());
        }
        Ok(all)
    }

    /// The names in the `name` section.
    pub fn names(&self) -> Names {
        self.names.clone().map(Names::read).unwrap_or_default()
    }

    /// The name of the function with body `defined`, for messages: from the `name` section, else of
    /// an export, else its index.
    pub fn function_name(&self, defined: usize) -> String {
        let index = self.imported(Kind::Func) + u32::try_from(defined).unwrap_or(u32::MAX);
        if let Some(name) = self.names().function(index) {
            return name.to_owned();
        }
        let mut exports = self.exports.iter();
        match exports.find(|(_, item)| **item == (Kind::Func, index)) {
            Some((name, _)) => (*name).to_owned(),
            None => format!("function {index}"),
        }
    }

    /// The value of a constant integer expression, if it is known before the module is
    /// instantiated.
    pub fn integer(&self, expr: &ConstExpr<'a>) -> Option<i64> {
        let integers = self.integers.get_or_init(|| {
            // An expression refers to globals before its own.
            let mut all: Vec<Option<i64>> = vec![None; self.imported(Kind::Global) as usize];
            for global in &self.globals {
                let value = |index: u32| all.get(index as usize).copied().flatten();
                let value = evaluate(&global.init_expr, value);
                all.push(value.filter(|_| !global.ty.mutable));
            }
            all
        });
        evaluate(expr, |index| {
            integers.get(index as usize).copied().flatten()
        })
    }
}

/// The number of items of an element segment.
pub fn element_count(items: &ElementItems<'_>) -> u32 {
    match items {
        ElementItems::Functions(items) => items.count(),
        ElementItems::Expressions(_, items) => items.count(),
    }
}

/// The items of an element segment: functions or null; `None` if one is neither.
pub fn element_functions(items: &ElementItems<'_>) -> Result<Option<Vec<Option<u32>>>> {
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
