//! Writes two modules as one.

use super::check::Checked;
use super::library::{self, Base, Target};
use crate::module::{Kind, Module, Named, Sections, Space};
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{ConstExpr, EntityType, ExportKind, Function, GlobalType, Instruction, ValType};

type Done<T> = Result<T, Error>;

/// The name of the function that initializes both modules.
const INITIALIZE: &str = "_initialize";

/// Writes the sections of both modules, one after the other.
pub fn merge(checked: &Checked<'_>) -> Done<Vec<u8>> {
    let (main, dylib) = (&checked.main.module, &checked.dylib.module);
    let indices = Indices::new(checked);
    let (mut first, mut second) = (indices.main(checked), indices.library(checked));
    let mut out = Sections {
        data_count: checked.main.data_count,
        ..Sections::default()
    };

    for group in &main.types {
        first.parse_recursive_type_group(out.types.ty(), group.clone())?;
    }
    for group in &dylib.types {
        second.parse_recursive_type_group(out.types.ty(), group.clone())?;
    }
    let (pointer, initializer) = (out.types.len(), out.types.len() + 1);
    out.types.ty().function([], [ValType::I32]);
    out.types.ty().function([], []);

    for (i, import) in (0..).zip(&main.imports) {
        if checked.replaced(i).is_none() {
            let ty = first.entity_type(import.ty)?;
            out.imports.import(import.module, import.name, ty);
        }
    }
    for import in checked.imports.iter().map(|i| &dylib.imports[*i]) {
        let ty = second.entity_type(import.ty)?;
        out.imports.import(import.module, import.name, ty);
    }
    for ty in &main.functions {
        out.functions.function(first.type_index(*ty)?);
    }
    for ty in &dylib.functions {
        out.functions.function(second.type_index(*ty)?);
    }
    out.functions.function(pointer).function(initializer);
    for import in &checked.traps {
        let ty = main.imports[*import as usize].ty;
        match first.entity_type(ty)? {
            EntityType::Function(ty) | EntityType::FunctionExact(ty) => out.functions.function(ty),
            _ => return Err(Error::UnexpectedNonCoreModuleSection),
        };
    }

    storage(checked, &mut first, &mut out)?;
    exports(checked, &indices, &mut first, &mut second, &mut out)?;
    out.start = main.start.map(|f| first.function_index(f)).transpose()?;
    for element in &main.elements {
        first.parse_element(&mut out.elements, element.clone())?;
    }
    for element in &dylib.elements {
        second.parse_element(&mut out.elements, element.clone())?;
    }
    for body in &main.bodies {
        first.parse_function_body(&mut out.code, body.clone())?;
    }
    for body in &dylib.bodies {
        second.parse_function_body(&mut out.code, body.clone())?;
    }
    added_functions(checked, &mut first, &mut second, &mut out)?;
    for data in &main.data {
        first.parse_data(&mut out.data, data.clone())?;
    }
    for data in &dylib.data {
        second.parse_data(&mut out.data, data.clone())?;
    }
    if checked.sources_import.is_some() {
        let (address, bytes) = &checked.sources;
        let start = ConstExpr::i32_const(*address as i32);
        let bytes = bytes.iter().copied();
        out.data.active(checked.memory, &start, bytes);
    }
    names(checked, &indices, &mut first, &mut second, &mut out);
    Ok(out.finish())
}

/// The tables, memories, tags and globals: those of the main module, and the base addresses.
fn storage(checked: &Checked<'_>, first: &mut Shift, out: &mut Sections) -> Done<()> {
    let main = &checked.main.module;
    for (i, table) in (0..).zip(&main.tables) {
        let mut table = table.clone();
        if i == checked.table {
            table.ty.initial = checked.elements;
        }
        first.parse_table(&mut out.tables, table)?;
    }
    for (i, memory) in (0..).zip(&main.memories) {
        let mut memory = *memory;
        if i == checked.memory {
            memory.initial = checked.pages;
        }
        out.memories.memory(first.memory_type(memory)?);
    }
    for tag in &main.tags {
        out.tags.tag(first.tag_type(*tag)?);
    }
    for global in &main.globals {
        first.parse_global(&mut out.globals, global.clone())?;
    }
    let constant = GlobalType {
        val_type: ValType::I32,
        mutable: false,
        shared: false,
    };
    for base in [checked.memory_base, checked.table_base] {
        let value = ConstExpr::i32_const(base as i32);
        out.globals.global(constant, &value);
    }
    Ok(())
}

fn exports(
    checked: &Checked<'_>,
    indices: &Indices,
    first: &mut Shift,
    second: &mut Shift,
    out: &mut Sections,
) -> Done<()> {
    let (main, dylib) = (&checked.main, &checked.dylib);
    for (name, kind, index) in library::main_exports(main, dylib) {
        let index = first.item(kind, index)?;
        out.exports.export(name, ExportKind::from(kind), index);
    }
    for (name, kind, index) in library::exports(dylib) {
        let index = second.item(kind, index)?;
        out.exports.export(name, ExportKind::from(kind), index);
    }
    out.exports
        .export(INITIALIZE, ExportKind::Func, indices.initialize);
    Ok(())
}

/// The functions that return the sources, that initialize, and that replace imports.
fn added_functions(
    checked: &Checked<'_>,
    first: &mut Shift,
    second: &mut Shift,
    out: &mut Sections,
) -> Done<()> {
    let mut sources = Function::new([]);
    sources.instruction(&Instruction::I32Const(checked.sources.0 as i32));
    sources.instruction(&Instruction::End);
    out.code.function(&sources);

    let mut initialize = Function::new([]);
    let function = first.function_index(checked.initialize)?;
    initialize.instruction(&Instruction::Call(function));
    for index in &checked.initializers {
        let function = second.function_index(*index)?;
        initialize.instruction(&Instruction::Call(function));
    }
    initialize.instruction(&Instruction::End);
    out.code.function(&initialize);

    let mut trap = Function::new([]);
    trap.instruction(&Instruction::Unreachable);
    trap.instruction(&Instruction::End);
    for _ in &checked.traps {
        out.code.function(&trap);
    }
    Ok(())
}

fn names(
    checked: &Checked<'_>,
    indices: &Indices,
    first: &mut Shift,
    second: &mut Shift,
    out: &mut Sections,
) {
    let function = Named::from(Kind::Func);
    let added = [
        (indices.sources, crate::script_sources::FUNCTION),
        (indices.initialize, INITIALIZE),
    ];
    for (index, name) in added {
        out.names.add(function, index, 0, name);
    }
    for (index, import) in (indices.initialize + 1..).zip(&checked.traps) {
        let name = checked.main.module.imports[*import as usize].name;
        out.names.add(function, index, 0, name);
    }
    let main = checked.main.module.names();
    let dylib = checked.dylib.module.names();
    out.names
        .take(&main, |named, index| first.space(named.space(), index).ok());
    out.names.take(&dylib, |named, index| {
        second.space(named.space(), index).ok()
    });
}

/// What replaces an import of the main module.
enum Replaced {
    Sources,
    /// A trap, by its number.
    Trap(u32),
}

impl Checked<'_> {
    fn replaced(&self, import: u32) -> Option<Replaced> {
        if self.sources_import == Some(import) {
            return Some(Replaced::Sources);
        }
        let trap = self.traps.iter().position(|trap| *trap == import)?;
        Some(Replaced::Trap(trap as u32))
    }
}

/// The indices of functions in the result: the imports of the main module, those of the library
/// that are new, the functions of the main module, those of the library, two more, and the traps.
struct Indices {
    main_imports: u32,
    imports: u32,
    library: u32,
    sources: u32,
    initialize: u32,
}

impl Indices {
    fn new(checked: &Checked<'_>) -> Self {
        let (main, dylib) = (&checked.main.module, &checked.dylib.module);
        let removed = u32::from(checked.sources_import.is_some()) + checked.traps.len() as u32;
        let main_imports = main.imported(Kind::Func) - removed;
        let imports = main_imports + checked.imports.len() as u32;
        let library = imports + main.defined(Kind::Func);
        let sources = library + dylib.defined(Kind::Func);
        Indices {
            main_imports,
            imports,
            library,
            sources,
            initialize: sources + 1,
        }
    }

    /// A function of the main module.
    fn of_main(&self, checked: &Checked<'_>, index: u32) -> u32 {
        let imported = checked.main.module.imported(Kind::Func);
        match checked.replaced(index) {
            _ if index >= imported => index - imported + self.imports,
            Some(Replaced::Sources) => self.sources,
            Some(Replaced::Trap(n)) => self.initialize + 1 + n,
            None => {
                let replaced = (0..index).filter(|i| checked.replaced(*i).is_some());
                index - replaced.count() as u32
            }
        }
    }

    /// The new indices of the items of the main module.
    fn main(&self, checked: &Checked<'_>) -> Shift {
        let main = &checked.main.module;
        let functions = 0..main.imported(Kind::Func) + main.defined(Kind::Func);
        let functions = functions.map(|i| self.of_main(checked, i)).collect();
        let same = |kind| (0..main.imported(kind) + main.defined(kind)).collect();
        Shift {
            items: Kind::ALL.map(|kind| match kind {
                Kind::Func => Vec::new(),
                kind => same(kind),
            }),
            ..Shift::default()
        }
        .with_functions(functions)
    }

    /// The new indices of the items of the library.
    fn library(&self, checked: &Checked<'_>) -> Shift {
        let (main, dylib) = (&checked.main.module, &checked.dylib.module);
        let functions = checked.functions.iter().map(|target| match *target {
            Target::Main(index) => self.of_main(checked, index),
            Target::Import(n) => self.main_imports + n,
        });
        let defined = (0..dylib.defined(Kind::Func)).map(|i| i + self.library);
        let functions: Vec<u32> = functions.chain(defined).collect();
        let added = main.defined(Kind::Global);
        let globals = checked.globals.iter().map(|base| match base {
            Base::Memory => added,
            Base::Table => added + 1,
            Base::StackPointer => checked.stack_pointer,
        });
        let mut items: [Vec<u32>; 5] = Default::default();
        items[Kind::Table as usize] = vec![checked.table];
        items[Kind::Memory as usize] = vec![checked.memory];
        items[Kind::Global as usize] = globals.collect();
        Shift {
            items,
            types: type_count(main),
            elements: main.elements.len() as u32,
            data: main.data.len() as u32,
        }
        .with_functions(functions)
    }
}

fn type_count(module: &Module<'_>) -> u32 {
    let groups = module.types.iter();
    groups.map(|group| group.types().len() as u32).sum()
}

/// Maps the indices of one module to those of the result.
#[derive(Default)]
struct Shift {
    /// The new index of each item, by kind.
    items: [Vec<u32>; 5],
    /// What is added to other indices.
    types: u32,
    elements: u32,
    data: u32,
}

impl Shift {
    fn with_functions(mut self, functions: Vec<u32>) -> Self {
        self.items[Kind::Func as usize] = functions;
        self
    }

    fn item(&self, kind: Kind, index: u32) -> Done<u32> {
        let new = self.items[kind as usize].get(index as usize).copied();
        new.ok_or(Error::UnexpectedNonCoreModuleSection)
    }

    fn space(&self, space: Space, index: u32) -> Done<u32> {
        match space {
            Space::Item(kind) => self.item(kind, index),
            Space::Type => Ok(index + self.types),
            Space::Element => Ok(index + self.elements),
            Space::Data => Ok(index + self.data),
        }
    }
}

impl Reencode for Shift {
    type Error = std::convert::Infallible;

    fn type_index(&mut self, index: u32) -> Done<u32> {
        self.space(Space::Type, index)
    }
    fn function_index(&mut self, index: u32) -> Done<u32> {
        self.item(Kind::Func, index)
    }
    fn table_index(&mut self, index: u32) -> Done<u32> {
        self.item(Kind::Table, index)
    }
    fn memory_index(&mut self, index: u32) -> Done<u32> {
        self.item(Kind::Memory, index)
    }
    fn global_index(&mut self, index: u32) -> Done<u32> {
        self.item(Kind::Global, index)
    }
    fn tag_index(&mut self, index: u32) -> Done<u32> {
        self.item(Kind::Tag, index)
    }
    fn element_index(&mut self, index: u32) -> Done<u32> {
        self.space(Space::Element, index)
    }
    fn data_index(&mut self, index: u32) -> Done<u32> {
        self.space(Space::Data, index)
    }
}
