//! Writing a core module.

use super::names::Names;
use super::reader::Module;
use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, DataCountSection, DataSection, ElementSection, ExportKind, ExportSection,
    FunctionSection, GlobalSection, ImportSection, MemorySection, StartSection, TableSection,
    TagSection, TypeSection, ValType,
};

/// The sections of a module that is being written.
#[derive(Default)]
pub struct Sections {
    pub types: TypeSection,
    pub imports: ImportSection,
    pub functions: FunctionSection,
    pub tables: TableSection,
    pub memories: MemorySection,
    pub tags: TagSection,
    pub globals: GlobalSection,
    pub exports: ExportSection,
    pub start: Option<u32>,
    pub elements: ElementSection,
    /// Whether to write a data count section, which the MVP does not have.
    pub data_count: bool,
    pub code: CodeSection,
    pub data: DataSection,
    pub names: Names,
}

impl Sections {
    /// Writes the module.
    pub fn finish(self) -> Vec<u8> {
        let mut module = wasm_encoder::Module::new();
        module.section(&self.types);
        if !self.imports.is_empty() {
            module.section(&self.imports);
        }
        module.section(&self.functions);
        if !self.tables.is_empty() {
            module.section(&self.tables);
        }
        if !self.memories.is_empty() {
            module.section(&self.memories);
        }
        if !self.tags.is_empty() {
            module.section(&self.tags);
        }
        if !self.globals.is_empty() {
            module.section(&self.globals);
        }
        module.section(&self.exports);
        if let Some(function_index) = self.start {
            module.section(&StartSection { function_index });
        }
        if !self.elements.is_empty() {
            module.section(&self.elements);
        }
        if self.data_count && !self.data.is_empty() {
            module.section(&DataCountSection {
                count: self.data.len(),
            });
        }
        module.section(&self.code);
        if !self.data.is_empty() {
            module.section(&self.data);
        }
        module.section(&self.names.section());
        module.finish()
    }

    /// Copies what most passes leave unchanged: types, imports, function declarations, tags,
    /// exports in the order of their names, the start function and names. With `one_result`,
    /// function types keep their first result only.
    pub fn keep(&mut self, module: &Module<'_>, one_result: bool) -> Result<(), Error> {
        let mut same = RoundtripReencoder;
        for ty in module.signatures() {
            let ty = same.func_type(ty.clone())?;
            let count = if one_result { 1 } else { usize::MAX };
            let results = ty.results().iter().copied().take(count);
            let results: Vec<ValType> = results.collect();
            self.types
                .ty()
                .function(ty.params().iter().copied(), results);
        }
        for import in &module.imports {
            let ty = same.entity_type(import.ty)?;
            self.imports.import(import.module, import.name, ty);
        }
        for ty in &module.functions {
            self.functions.function(*ty);
        }
        for tag in &module.tags {
            self.tags.tag(same.tag_type(*tag)?);
        }
        for (name, (kind, index)) in &module.exports {
            self.exports.export(name, ExportKind::from(*kind), *index);
        }
        self.start = module.start;
        self.names = module.names();
        Ok(())
    }
}
