//! Leaves out of a module what nothing reaches from its exports and its start function.
//!
//! Imports stay, so that the module keeps its world. A segment that would not fit where it is put
//! stays too: instantiation is to fail as before.

use super::encode;
use super::link::Kind;
use super::names::Named;
use super::parse::Parsed;
use super::sections::Sections;
use rules_wit_common::Result;
use std::collections::{BTreeSet, HashMap};
use wasm_encoder::reencode::{utils, Error, Reencode, RoundtripReencoder};
use wasm_encoder::{Elements, ExportKind, Instruction};
use wasmparser::{DataKind, ElementItems, ElementKind, Operator, TypeRef};

/// What an index counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Space {
    Type,
    Func,
    Table,
    Memory,
    Global,
    Tag,
    Element,
    Data,
}

type Item = (Space, u32);

fn space(kind: Kind) -> Space {
    match kind {
        Kind::Func => Space::Func,
        Kind::Table => Space::Table,
        Kind::Memory => Space::Memory,
        Kind::Global => Space::Global,
        Kind::Tag => Space::Tag,
    }
}

/// Writes the module again with only what is reached. Tells what the functions that are kept were
/// and are.
pub fn shrink(module: &[u8], counted: bool) -> Result<(Vec<u8>, HashMap<u32, u32>)> {
    let parsed = Parsed::new(module)?;
    let mut marker = Marker::default();
    (|| {
        marker.roots(&parsed)?;
        while let Some(item) = marker.todo.pop() {
            marker.follow(&parsed, item)?;
        }
        Ok(())
    })()
    .map_err(|e| encode(&e))?;
    write(&parsed, &marker.seen, counted).map_err(|e| encode(&e).into())
}

type Done<T> = std::result::Result<T, Error>;

/// Notes what is named while something is read.
#[derive(Default)]
struct Marker {
    seen: BTreeSet<Item>,
    todo: Vec<Item>,
}

impl Marker {
    fn mark(&mut self, space: Space, index: u32) -> Done<u32> {
        if self.seen.insert((space, index)) {
            self.todo.push((space, index));
        }
        Ok(index)
    }

    fn roots(&mut self, parsed: &Parsed<'_>) -> Done<()> {
        for (_, (kind, index)) in parsed.exports() {
            self.mark(space(kind), index)?;
        }
        for index in 0..parsed.imported(Kind::Func) {
            self.mark(Space::Func, index)?;
        }
        if let Some(start) = parsed.start {
            self.mark(Space::Func, start)?;
        }
        for (i, element) in parsed.elements.iter().enumerate() {
            if !fits_table(parsed, element) {
                self.mark(Space::Element, i as u32)?;
            }
        }
        for (i, data) in parsed.data.iter().enumerate() {
            if !fits_memory(parsed, data) {
                self.mark(Space::Data, i as u32)?;
            }
        }
        Ok(())
    }

    fn follow(&mut self, parsed: &Parsed<'_>, (space, index): Item) -> Done<()> {
        let at = index as usize;
        let defined = |kind| index.checked_sub(parsed.imported(kind)).map(|i| i as usize);
        match space {
            Space::Type => {
                if let Some(group) = parsed.types.get(at) {
                    let mut types = wasm_encoder::TypeSection::new();
                    self.parse_recursive_type_group(types.ty(), group.clone())?;
                }
            }
            Space::Func => match defined(Kind::Func) {
                None => {
                    if let Some(TypeRef::Func(ty)) = parsed.imports.get(at).map(|i| i.ty) {
                        self.mark(Space::Type, ty)?;
                    }
                }
                Some(i) => {
                    if let (Some(ty), Some(body)) = (parsed.functions.get(i), parsed.bodies.get(i))
                    {
                        self.mark(Space::Type, *ty)?;
                        let mut code = wasm_encoder::CodeSection::new();
                        self.parse_function_body(&mut code, body.clone())?;
                    }
                }
            },
            Space::Table => {
                if let Some(table) = defined(Kind::Table).and_then(|i| parsed.tables.get(i)) {
                    self.parse_table(&mut wasm_encoder::TableSection::new(), table.clone())?;
                }
                for (i, element) in parsed.elements.iter().enumerate() {
                    if let ElementKind::Active { table_index, .. } = element.kind {
                        if table_index.unwrap_or(0) == index {
                            self.mark(Space::Element, i as u32)?;
                        }
                    }
                }
            }
            Space::Memory => {
                for (i, data) in parsed.data.iter().enumerate() {
                    if matches!(data.kind, DataKind::Active { memory_index, .. } if memory_index == index)
                    {
                        self.mark(Space::Data, i as u32)?;
                    }
                }
            }
            Space::Global => {
                if let Some(global) = defined(Kind::Global).and_then(|i| parsed.globals.get(i)) {
                    self.parse_global(&mut wasm_encoder::GlobalSection::new(), global.clone())?;
                }
            }
            Space::Tag => {
                if let Some(tag) = defined(Kind::Tag).and_then(|i| parsed.tags.get(i)) {
                    self.tag_type(*tag)?;
                }
            }
            Space::Element => {
                if let Some(element) = parsed.elements.get(at) {
                    // What is only declared is there for functions that are named elsewhere.
                    if !matches!(element.kind, ElementKind::Declared) {
                        let mut section = wasm_encoder::ElementSection::new();
                        self.parse_element(&mut section, element.clone())?;
                    }
                }
            }
            Space::Data => {
                if let Some(data) = parsed.data.get(at) {
                    self.parse_data(&mut wasm_encoder::DataSection::new(), data.clone())?;
                }
            }
        }
        Ok(())
    }
}

/// Whether it is known that the elements fit in their table.
fn fits_table(parsed: &Parsed<'_>, element: &wasmparser::Element<'_>) -> bool {
    let ElementKind::Active {
        table_index,
        offset_expr,
    } = &element.kind
    else {
        return true;
    };
    let count = match &element.items {
        ElementItems::Functions(items) => items.count(),
        ElementItems::Expressions(_, items) => items.count(),
    };
    let table = table_index.unwrap_or(0) as usize;
    let size = parsed.tables.get(table).map_or(0, |t| t.ty.initial);
    fits(parsed.integer(offset_expr), count as usize, size)
}

/// Whether it is known that the data fit in their memory.
fn fits_memory(parsed: &Parsed<'_>, data: &wasmparser::Data<'_>) -> bool {
    let DataKind::Active {
        memory_index,
        offset_expr,
    } = &data.kind
    else {
        return true;
    };
    let memory = parsed.memories.get(*memory_index as usize);
    let size = memory.map_or(0, |m| m.initial.saturating_mul(0x1_0000));
    fits(parsed.integer(offset_expr), data.data.len(), size)
}

/// Whether `count` fit at an address of 32 bits.
fn fits(offset: Option<i64>, count: usize, size: u64) -> bool {
    offset.is_some_and(|at| u64::from(at as u32) + count as u64 <= size)
}

/// New numbers for what is reached.
struct Renumber {
    numbers: HashMap<Item, u32>,
    /// The functions that code makes references to, by their new numbers.
    references: BTreeSet<u32>,
}

impl Renumber {
    fn new(seen: &BTreeSet<Item>) -> Self {
        let mut numbers = HashMap::new();
        let mut last = None;
        let mut next = 0;
        for item in seen {
            if last != Some(item.0) {
                (last, next) = (Some(item.0), 0);
            }
            numbers.insert(*item, next);
            next += 1;
        }
        Renumber {
            numbers,
            references: BTreeSet::new(),
        }
    }

    fn find(&self, space: Space, index: u32) -> Done<u32> {
        let found = self.numbers.get(&(space, index)).copied();
        found.ok_or(Error::UnexpectedNonCoreModuleSection)
    }

    /// The parts of a kind that are kept.
    fn kept<T: Clone>(&self, space: Space, first: u32, all: &[T]) -> Vec<T> {
        let kept = all.iter().zip(first..);
        let kept = kept.filter(|(_, i)| self.numbers.contains_key(&(space, *i)));
        kept.map(|(part, _)| part.clone()).collect()
    }
}

/// Both only differ in what they do with an index.
macro_rules! indices {
    ($name:ty, $each:ident, $($more:item)*) => {
        impl Reencode for $name {
            type Error = std::convert::Infallible;

            fn type_index(&mut self, index: u32) -> Done<u32> {
                self.$each(Space::Type, index)
            }
            fn function_index(&mut self, index: u32) -> Done<u32> {
                self.$each(Space::Func, index)
            }
            fn table_index(&mut self, index: u32) -> Done<u32> {
                self.$each(Space::Table, index)
            }
            fn memory_index(&mut self, index: u32) -> Done<u32> {
                self.$each(Space::Memory, index)
            }
            fn global_index(&mut self, index: u32) -> Done<u32> {
                self.$each(Space::Global, index)
            }
            fn tag_index(&mut self, index: u32) -> Done<u32> {
                self.$each(Space::Tag, index)
            }
            fn element_index(&mut self, index: u32) -> Done<u32> {
                self.$each(Space::Element, index)
            }
            fn data_index(&mut self, index: u32) -> Done<u32> {
                self.$each(Space::Data, index)
            }
            $($more)*
        }
    };
}

indices!(Marker, mark,);
indices!(
    Renumber,
    find,
    fn instruction<'a>(&mut self, operator: Operator<'a>) -> Done<Instruction<'a>> {
        let instruction = utils::instruction(self, operator)?;
        if let Instruction::RefFunc(function) = instruction {
            self.references.insert(function);
        }
        Ok(instruction)
    }
);

fn write(
    parsed: &Parsed<'_>,
    seen: &BTreeSet<Item>,
    counted: bool,
) -> Done<(Vec<u8>, HashMap<u32, u32>)> {
    let mut new = Renumber::new(seen);
    let mut out = Sections {
        counted,
        ..Sections::default()
    };
    for group in new.kept(Space::Type, 0, &parsed.types) {
        new.parse_recursive_type_group(out.types.ty(), group)?;
    }
    for import in &parsed.imports {
        let ty = new.entity_type(import.ty)?;
        out.imports.import(import.module, import.name, ty);
    }
    let first = |kind| parsed.imported(kind);
    let func = first(Kind::Func);
    for ty in new.kept(Space::Func, func, &parsed.functions) {
        out.functions.function(new.type_index(ty)?);
    }
    for table in new.kept(Space::Table, first(Kind::Table), &parsed.tables) {
        new.parse_table(&mut out.tables, table)?;
    }
    for memory in new.kept(Space::Memory, first(Kind::Memory), &parsed.memories) {
        out.memories.memory(RoundtripReencoder.memory_type(memory)?);
    }
    for tag in new.kept(Space::Tag, first(Kind::Tag), &parsed.tags) {
        out.tags.tag(new.tag_type(tag)?);
    }
    for global in new.kept(Space::Global, first(Kind::Global), &parsed.globals) {
        new.parse_global(&mut out.globals, global)?;
    }
    for (name, (kind, index)) in parsed.exports() {
        let index = new.find(space(kind), index)?;
        out.exports.export(name, ExportKind::from(kind), index);
    }
    out.start = parsed.start.map(|f| new.function_index(f)).transpose()?;
    for element in new.kept(Space::Element, 0, &parsed.elements) {
        match element.kind {
            ElementKind::Declared => {
                out.elements.declared(Elements::Functions(vec![].into()));
            }
            _ => new.parse_element(&mut out.elements, element)?,
        }
    }
    for body in new.kept(Space::Func, func, &parsed.bodies) {
        new.parse_function_body(&mut out.code, body)?;
    }
    // What code may make references to: a function that was exported before need not be in a segment.
    if !new.references.is_empty() {
        let items = new.references.iter().copied().collect::<Vec<_>>();
        out.elements.declared(Elements::Functions(items.into()));
    }
    for data in new.kept(Space::Data, 0, &parsed.data) {
        new.parse_data(&mut out.data, data)?;
    }
    out.names.take(&parsed.known_names(), |named, index| {
        let space = match named {
            Named::Function | Named::Local | Named::Label => Space::Func,
            Named::Type => Space::Type,
            Named::Table => Space::Table,
            Named::Memory => Space::Memory,
            Named::Global => Space::Global,
            Named::Element => Space::Element,
            Named::Data => Space::Data,
            Named::Tag => Space::Tag,
        };
        new.find(space, index).ok()
    });
    let functions = new
        .numbers
        .iter()
        .filter(|((space, _), _)| *space == Space::Func);
    let functions = functions.map(|((_, old), new)| (*old, *new)).collect();
    Ok((out.finish(), functions))
}
