//! The sections of a module that is written, and what passes over a whole module share.

use super::names::{Named, Names};
use super::parse::Parsed;
use super::{crash, encode, fail};
use rules_wit_common::Result;
use std::collections::HashMap;
use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, DataCountSection, DataSection, ElementSection, ExportKind, ExportSection,
    Function, FunctionSection, GlobalSection, ImportSection, Instruction, MemorySection, Module,
    StartSection, TableSection, TagSection, TypeSection, ValType,
};
use wasmparser::FunctionBody;

/// A module in its sections.
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
    /// Whether data segments are counted ahead of the code, as the first engines did not know.
    pub counted: bool,
    pub code: CodeSection,
    pub data: DataSection,
    pub names: Names,
}

impl Sections {
    /// The module.
    pub fn finish(self) -> Vec<u8> {
        let mut module = Module::new();
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
        if self.counted && !self.data.is_empty() {
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

    /// Takes over what a pass leaves as it is: types, imports, functions, globals, exports, the
    /// start function and names. Exports are in the order of their names. With `one_result`, of
    /// several results only the first one stays.
    pub fn keep(&mut self, parsed: &Parsed<'_>, one_result: bool) -> Result<()> {
        let mut same = RoundtripReencoder;
        (|| {
            for ty in parsed.signatures() {
                let ty = same.func_type(ty.clone())?;
                let most = if one_result { 1 } else { usize::MAX };
                let results = ty.results().iter().copied().take(most);
                let results: Vec<ValType> = results.collect();
                self.types
                    .ty()
                    .function(ty.params().iter().copied(), results);
            }
            for import in &parsed.imports {
                let ty = same.entity_type(import.ty)?;
                self.imports.import(import.module, import.name, ty);
            }
            for ty in &parsed.functions {
                self.functions.function(*ty);
            }
            for tag in &parsed.tags {
                self.tags.tag(same.tag_type(*tag)?);
            }
            Ok(())
        })()
        .map_err(|e| encode(&e))?;
        for (name, (kind, index)) in parsed.exports() {
            self.exports.export(name, ExportKind::from(kind), index);
        }
        self.start = parsed.start;
        self.names = parsed.known_names();
        Ok(())
    }
}

/// Functions and globals of our own, which are put behind those of a module.
pub struct Helpers {
    wasm: Vec<u8>,
    /// The number of the first function, type and global among those of the module.
    functions: u32,
    types: u32,
    globals: u32,
    /// The exports, by the index that they have in the module.
    exports: HashMap<String, u32>,
}

impl Helpers {
    /// Reads the text of a module that imports nothing and has one memory, which becomes that of
    /// the module that the helpers are for.
    pub fn new(text: &str, parsed: &Parsed<'_>) -> Result<Self> {
        use super::link::Kind;
        let wasm = wat::parse_str(text).map_err(|e| fail(&e))?;
        let counts = |kind| parsed.imported(kind) + parsed.defined(kind);
        let (functions, globals) = (counts(Kind::Func), counts(Kind::Global));
        let types = parsed.signatures().len() as u32;
        let own = Parsed::new(&wasm)?;
        let exports = own.exports().into_iter().map(|(name, (kind, index))| {
            let first = match kind {
                Kind::Func => functions,
                _ => globals,
            };
            (name.to_owned(), first + index)
        });
        let exports = exports.collect();
        Ok(Helpers {
            wasm,
            functions,
            types,
            globals,
            exports,
        })
    }

    /// The index of a function or global that is exported by the helpers.
    pub fn index(&self, name: &str) -> u32 {
        // A name that is not there is a fault of this tool, which validation of the result finds.
        self.exports.get(name).copied().unwrap_or(u32::MAX)
    }

    /// Puts the helpers behind everything else.
    pub fn append(&self, sections: &mut Sections) -> Result<()> {
        let parsed = Parsed::new(&self.wasm)?;
        let mut map = Behind(self);
        (|| {
            for group in &parsed.types {
                map.parse_recursive_type_group(sections.types.ty(), group.clone())?;
            }
            for ty in &parsed.functions {
                sections.functions.function(map.type_index(*ty)?);
            }
            for global in &parsed.globals {
                map.parse_global(&mut sections.globals, global.clone())?;
            }
            for body in &parsed.bodies {
                map.parse_function_body(&mut sections.code, body.clone())?;
            }
            Ok(())
        })()
        .map_err(|e| encode(&e))?;
        sections
            .names
            .take(&parsed.known_names(), |named, index| match named {
                Named::Function => Some(self.functions + index),
                Named::Global => Some(self.globals + index),
                _ => None,
            });
        Ok(())
    }
}

/// Renumbers helpers.
struct Behind<'h>(&'h Helpers);

impl Reencode for Behind<'_> {
    type Error = std::convert::Infallible;

    fn type_index(&mut self, ty: u32) -> std::result::Result<u32, Error> {
        Ok(self.0.types + ty)
    }

    fn function_index(&mut self, index: u32) -> std::result::Result<u32, Error> {
        Ok(self.0.functions + index)
    }

    fn global_index(&mut self, index: u32) -> std::result::Result<u32, Error> {
        Ok(self.0.globals + index)
    }
}

/// The body of a function while it is changed.
pub struct Body<'a> {
    params: u32,
    locals: Vec<(u32, ValType)>,
    count: u32,
    scratch: HashMap<(ValType, u32), u32>,
    code: Vec<Instruction<'a>>,
}

impl<'a> Body<'a> {
    /// Begins a body with the locals of another.
    pub fn new(params: usize, body: &FunctionBody<'a>) -> Result<Self> {
        let mut locals = Vec::new();
        let mut count = 0;
        let reader = body.get_locals_reader().map_err(|e| fail(&e))?;
        for local in reader {
            let (n, ty) = local.map_err(|e| fail(&e))?;
            let ty = RoundtripReencoder.val_type(ty).map_err(|e| encode(&e))?;
            locals.push((n, ty));
            count += n;
        }
        let params = u32::try_from(params).map_err(|_| crash("a function"))?;
        Ok(Body {
            params,
            locals,
            count,
            scratch: HashMap::new(),
            code: Vec::new(),
        })
    }

    /// A local of its own.
    pub fn local(&mut self, ty: ValType) -> u32 {
        self.locals.push((1, ty));
        self.count += 1;
        self.params + self.count - 1
    }

    /// A local for values that are needed at once: the same one for the same type and number.
    pub fn scratch(&mut self, ty: ValType, number: u32) -> u32 {
        let (params, locals, count) = (self.params, &mut self.locals, &mut self.count);
        *self.scratch.entry((ty, number)).or_insert_with(|| {
            locals.push((1, ty));
            *count += 1;
            params + *count - 1
        })
    }

    /// Adds an instruction.
    pub fn push(&mut self, instruction: Instruction<'a>) {
        self.code.push(instruction);
    }

    /// Takes back the last instruction, if it may be and only puts a value on the stack.
    pub fn take(&mut self, may: bool) -> Option<Instruction<'a>> {
        use Instruction as I;
        let simple = |last: &mut I<'a>| match last {
            I::LocalGet(_) | I::GlobalGet(_) => may,
            I::I32Const(_) | I::I64Const(_) | I::F32Const(_) | I::F64Const(_) => may,
            _ => false,
        };
        self.code.pop_if(simple)
    }

    /// Adds instructions.
    pub fn extend<const N: usize>(&mut self, instructions: [Instruction<'a>; N]) {
        self.code.extend(instructions);
    }

    /// Ends the body.
    pub fn finish(self, code: &mut CodeSection) {
        let mut function = Function::new(self.locals);
        for instruction in &self.code {
            function.instruction(instruction);
        }
        code.function(&function);
    }
}

/// The instructions of a body.
pub fn instructions<'a>(
    body: &FunctionBody<'a>,
    mut each: impl FnMut(Instruction<'a>) -> Result<()>,
) -> Result<()> {
    let mut reader = body.get_operators_reader().map_err(|e| fail(&e))?;
    while !reader.eof() {
        let operator = reader.read().map_err(|e| fail(&e))?;
        let instruction = RoundtripReencoder.instruction(operator);
        each(instruction.map_err(|e| encode(&e))?)?;
    }
    Ok(())
}
