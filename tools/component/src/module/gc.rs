//! Removes what is not reachable from the exports and the start function.
//!
//! Active segments that may be out of bounds are kept, so that instantiation still traps.

use super::kind::{Kind, Space};
use super::reader::{element_count, Module};
use super::sections::Sections;
use std::collections::{BTreeSet, HashMap};
use wasm_encoder::reencode::{utils, Error, Reencode, RoundtripReencoder};
use wasm_encoder::{Elements, ExportKind, Instruction};
use wasmparser::{DataKind, ElementKind, Operator, TypeRef};

type Item = (Space, u32);

type Done<T> = std::result::Result<T, Error>;

/// What to write beside that which is reachable.
#[derive(Clone, Copy)]
pub struct Keep {
    /// Imported functions that are not called, so that the module keeps its world.
    pub imports: bool,
    /// The data count section, which the MVP does not have.
    pub data_count: bool,
}

/// Writes a valid module without what is unreachable. Also returns the new index of each function
/// that is kept.
pub fn gc(wasm: &[u8], keep: Keep) -> Done<(Vec<u8>, HashMap<u32, u32>)> {
    let module = Module::new(wasm)?;
    let mut marker = Marker::default();
    marker.segments(&module);
    marker.mark_roots(&module, keep.imports)?;
    while let Some(item) = marker.todo.pop() {
        marker.mark_references(&module, item)?;
    }
    write(&module, &marker.seen, keep.data_count)
}

/// Marks all items that it reads an index of.
#[derive(Default)]
struct Marker {
    seen: BTreeSet<Item>,
    todo: Vec<Item>,
    /// The active segments of each table and memory.
    segments: HashMap<Item, Vec<Item>>,
}

impl Marker {
    fn mark(&mut self, space: impl Into<Space>, index: u32) -> Done<u32> {
        let item = (space.into(), index);
        if self.seen.insert(item) {
            self.todo.push(item);
        }
        Ok(index)
    }

    fn segments(&mut self, module: &Module<'_>) {
        let mut add = |to: Item, segment: Item| self.segments.entry(to).or_default().push(segment);
        for (i, element) in (0..).zip(&module.elements) {
            if let ElementKind::Active { table_index, .. } = element.kind {
                let table = (Kind::Table.into(), table_index.unwrap_or(0));
                add(table, (Space::Element, i));
            }
        }
        for (i, data) in (0..).zip(&module.data) {
            if let DataKind::Active { memory_index, .. } = data.kind {
                add((Kind::Memory.into(), memory_index), (Space::Data, i));
            }
        }
    }

    fn mark_roots(&mut self, module: &Module<'_>, imports: bool) -> Done<()> {
        for (kind, index) in module.exports.values() {
            self.mark(*kind, *index)?;
        }
        for kind in Kind::ALL
            .into_iter()
            .filter(|k| imports || *k != Kind::Func)
        {
            for index in 0..module.imported(kind) {
                self.mark(kind, index)?;
            }
        }
        if let Some(start) = module.start {
            self.mark(Kind::Func, start)?;
        }
        for (i, element) in (0..).zip(&module.elements) {
            if !fits_table(module, element) {
                self.mark(Space::Element, i)?;
            }
        }
        for (i, data) in (0..).zip(&module.data) {
            if !fits_memory(module, data) {
                self.mark(Space::Data, i)?;
            }
        }
        Ok(())
    }

    /// Marks what an item refers to. Items are reencoded for that; the output is discarded.
    fn mark_references(&mut self, module: &Module<'_>, (space, index): Item) -> Done<()> {
        for (space, segment) in self.segments.remove(&(space, index)).unwrap_or_default() {
            self.mark(space, segment)?;
        }
        let at = index as usize;
        let defined = |kind| index.checked_sub(module.imported(kind)).map(|i| i as usize);
        match space {
            Space::Type => {
                if let Some(group) = module.types.get(at) {
                    let mut types = wasm_encoder::TypeSection::new();
                    self.parse_recursive_type_group(types.ty(), group.clone())?;
                }
            }
            Space::Item(Kind::Func) => match defined(Kind::Func) {
                None => {
                    if let Some(TypeRef::Func(ty)) = module.imports.get(at).map(|i| i.ty) {
                        self.mark(Space::Type, ty)?;
                    }
                }
                Some(i) => {
                    if let (Some(ty), Some(body)) = (module.functions.get(i), module.bodies.get(i))
                    {
                        self.mark(Space::Type, *ty)?;
                        let mut code = wasm_encoder::CodeSection::new();
                        self.parse_function_body(&mut code, body.clone())?;
                    }
                }
            },
            Space::Item(Kind::Table) => {
                if let Some(table) = defined(Kind::Table).and_then(|i| module.tables.get(i)) {
                    self.parse_table(&mut wasm_encoder::TableSection::new(), table.clone())?;
                }
            }
            Space::Item(Kind::Memory) => {}
            Space::Item(Kind::Global) => {
                if let Some(global) = defined(Kind::Global).and_then(|i| module.globals.get(i)) {
                    self.parse_global(&mut wasm_encoder::GlobalSection::new(), global.clone())?;
                }
            }
            Space::Item(Kind::Tag) => {
                if let Some(tag) = defined(Kind::Tag).and_then(|i| module.tags.get(i)) {
                    self.tag_type(*tag)?;
                }
            }
            Space::Element => {
                if let Some(element) = module.elements.get(at) {
                    // A declared segment only allows references that are marked elsewhere.
                    if !matches!(element.kind, ElementKind::Declared) {
                        let mut section = wasm_encoder::ElementSection::new();
                        self.parse_element(&mut section, element.clone())?;
                    }
                }
            }
            Space::Data => {
                if let Some(data) = module.data.get(at) {
                    self.parse_data(&mut wasm_encoder::DataSection::new(), data.clone())?;
                }
            }
        }
        Ok(())
    }
}

/// Whether an element segment is known to be within its table.
fn fits_table(module: &Module<'_>, element: &wasmparser::Element<'_>) -> bool {
    let ElementKind::Active {
        table_index,
        offset_expr,
    } = &element.kind
    else {
        return true;
    };
    let count = element_count(&element.items);
    let table = table_index.unwrap_or(0) as usize;
    let size = module.tables.get(table).map_or(0, |t| t.ty.initial);
    fits(module.integer(offset_expr), count as usize, size)
}

/// Whether a data segment is known to be within its memory.
fn fits_memory(module: &Module<'_>, data: &wasmparser::Data<'_>) -> bool {
    let DataKind::Active {
        memory_index,
        offset_expr,
    } = &data.kind
    else {
        return true;
    };
    let memory = module.memories.get(*memory_index as usize);
    let size = memory.map_or(0, |m| m.initial.saturating_mul(0x1_0000));
    fits(module.integer(offset_expr), data.data.len(), size)
}

/// Whether `count` items at a 32-bit offset are within `size`.
fn fits(offset: Option<i64>, count: usize, size: u64) -> bool {
    offset.is_some_and(|at| u64::from(at as u32) + count as u64 <= size)
}

/// Maps the indices of items that are kept to their new ones.
struct Reindex {
    indices: HashMap<Item, u32>,
    /// The new indices of functions that code refers to with `ref.func`.
    references: BTreeSet<u32>,
}

impl Reindex {
    fn new(seen: &BTreeSet<Item>) -> Self {
        let mut indices = HashMap::new();
        let mut last = None;
        let mut next = 0;
        for item in seen {
            if last != Some(item.0) {
                (last, next) = (Some(item.0), 0);
            }
            indices.insert(*item, next);
            next += 1;
        }
        Reindex {
            indices,
            references: BTreeSet::new(),
        }
    }

    fn find(&self, space: impl Into<Space>, index: u32) -> Done<u32> {
        let found = self.indices.get(&(space.into(), index)).copied();
        found.ok_or(Error::UnexpectedNonCoreModuleSection)
    }

    /// The items of a space that are kept, of which the first has the index `first`.
    fn kept<T: Clone>(&self, space: impl Into<Space>, first: u32, all: &[T]) -> Vec<T> {
        let space = space.into();
        let kept = all.iter().zip(first..);
        let kept = kept.filter(|(_, i)| self.indices.contains_key(&(space, *i)));
        kept.map(|(item, _)| item.clone()).collect()
    }
}

/// Implements `Reencode` with one method for the indices of all spaces.
macro_rules! reencode_with {
    ($name:ty, $method:ident, $($more:item)*) => {
        impl Reencode for $name {
            type Error = std::convert::Infallible;

            fn type_index(&mut self, index: u32) -> Done<u32> {
                self.$method(Space::Type, index)
            }
            fn function_index(&mut self, index: u32) -> Done<u32> {
                self.$method(Kind::Func, index)
            }
            fn table_index(&mut self, index: u32) -> Done<u32> {
                self.$method(Kind::Table, index)
            }
            fn memory_index(&mut self, index: u32) -> Done<u32> {
                self.$method(Kind::Memory, index)
            }
            fn global_index(&mut self, index: u32) -> Done<u32> {
                self.$method(Kind::Global, index)
            }
            fn tag_index(&mut self, index: u32) -> Done<u32> {
                self.$method(Kind::Tag, index)
            }
            fn element_index(&mut self, index: u32) -> Done<u32> {
                self.$method(Space::Element, index)
            }
            fn data_index(&mut self, index: u32) -> Done<u32> {
                self.$method(Space::Data, index)
            }
            $($more)*
        }
    };
}

reencode_with!(Marker, mark,);
reencode_with!(
    Reindex,
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
    module: &Module<'_>,
    seen: &BTreeSet<Item>,
    data_count: bool,
) -> Done<(Vec<u8>, HashMap<u32, u32>)> {
    let mut new = Reindex::new(seen);
    let mut out = Sections {
        data_count,
        ..Sections::default()
    };
    for group in new.kept(Space::Type, 0, &module.types) {
        new.parse_recursive_type_group(out.types.ty(), group)?;
    }
    let mut counts = [0; Kind::ALL.len()];
    for import in &module.imports {
        let kind = Kind::from(import.ty);
        let index = counts[kind as usize];
        counts[kind as usize] += 1;
        if seen.contains(&(kind.into(), index)) {
            let ty = new.entity_type(import.ty)?;
            out.imports.import(import.module, import.name, ty);
        }
    }
    let first = |kind| module.imported(kind);
    for ty in new.kept(Kind::Func, first(Kind::Func), &module.functions) {
        out.functions.function(new.type_index(ty)?);
    }
    for table in new.kept(Kind::Table, first(Kind::Table), &module.tables) {
        new.parse_table(&mut out.tables, table)?;
    }
    for memory in new.kept(Kind::Memory, first(Kind::Memory), &module.memories) {
        out.memories.memory(RoundtripReencoder.memory_type(memory)?);
    }
    for tag in new.kept(Kind::Tag, first(Kind::Tag), &module.tags) {
        out.tags.tag(new.tag_type(tag)?);
    }
    for global in new.kept(Kind::Global, first(Kind::Global), &module.globals) {
        new.parse_global(&mut out.globals, global)?;
    }
    for (name, (kind, index)) in &module.exports {
        let index = new.find(*kind, *index)?;
        out.exports.export(name, ExportKind::from(*kind), index);
    }
    out.start = module.start.map(|f| new.function_index(f)).transpose()?;
    for element in new.kept(Space::Element, 0, &module.elements) {
        match element.kind {
            ElementKind::Declared => {
                out.elements.declared(Elements::Functions(vec![].into()));
            }
            _ => new.parse_element(&mut out.elements, element)?,
        }
    }
    for body in new.kept(Kind::Func, first(Kind::Func), &module.bodies) {
        new.parse_function_body(&mut out.code, body)?;
    }
    // `ref.func` requires that the function is exported or in a segment, which may have been
    // removed.
    if !new.references.is_empty() {
        let items = new.references.iter().copied().collect::<Vec<_>>();
        out.elements.declared(Elements::Functions(items.into()));
    }
    for data in new.kept(Space::Data, 0, &module.data) {
        new.parse_data(&mut out.data, data)?;
    }
    out.names.take(&module.names(), |named, index| {
        new.find(named.space(), index).ok()
    });
    let functions = new.indices.iter().filter_map(|((space, old), new)| {
        let is_function = *space == Kind::Func.into();
        is_function.then_some((*old, *new))
    });
    Ok((out.finish(), functions.collect()))
}
