//! Writes a relocatable object with generated functions, which call others by their symbols.
//!
//! Source of the format: <https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md>.

use std::collections::BTreeMap;
use wasm_encoder::{
    BlockType, CustomSection, Encode, EntityType, FunctionSection, GlobalSection, GlobalType,
    ImportSection, Instruction, MemoryType, Module, RawSection, SectionId, TypeSection, ValType,
};
use wasmparser::SymbolFlags;

/// Relocation types: `R_WASM_FUNCTION_INDEX_LEB` and `R_WASM_GLOBAL_INDEX_LEB`.
const FUNCTION_INDEX: u8 = 0;
const GLOBAL_INDEX: u8 = 7;

/// The parameters and results of a function.
pub type Signature = (Vec<ValType>, Vec<ValType>);

/// The target of a relocation.
enum Target {
    Func(String),
    Global(u32),
}

/// The body of a function.
pub struct Code {
    params: u32,
    locals: Vec<ValType>,
    bytes: Vec<u8>,
    /// The offsets of relocations, and their targets.
    relocations: Vec<(usize, Target)>,
}

impl Code {
    /// An empty body of a function with `params` parameters.
    pub fn new(params: usize) -> Self {
        Code {
            // A function has a thousand parameters at most.
            params: params as u32,
            locals: Vec::new(),
            bytes: Vec::new(),
            relocations: Vec::new(),
        }
    }

    /// Adds a local; returns its index.
    pub fn local(&mut self, ty: ValType) -> u32 {
        self.locals.push(ty);
        self.params + self.locals.len() as u32 - 1
    }

    /// Appends instructions that do not refer to functions or globals.
    pub fn ops(&mut self, instructions: &[Instruction]) {
        for instruction in instructions {
            instruction.encode(&mut self.bytes);
        }
    }

    /// Appends a call.
    pub fn call(&mut self, symbol: &str) {
        self.bytes.push(0x10);
        self.relocate(Target::Func(symbol.to_owned()));
    }

    /// Appends a trap if the address in a local is null.
    pub fn trap_if_null(&mut self, local: u32) {
        self.ops(&[
            Instruction::LocalGet(local),
            Instruction::I32Eqz,
            Instruction::If(BlockType::Empty),
            Instruction::Unreachable,
            Instruction::End,
        ]);
    }

    /// Appends `global.get` of a global of this object.
    pub fn global_get(&mut self, index: u32) {
        self.bytes.push(0x23);
        self.relocate(Target::Global(index));
    }

    /// Appends `global.set` of a global of this object.
    pub fn global_set(&mut self, index: u32) {
        self.bytes.push(0x24);
        self.relocate(Target::Global(index));
    }

    fn relocate(&mut self, target: Target) {
        self.relocations.push((self.bytes.len(), target));
        // The linker overwrites these five bytes with an index.
        self.bytes.extend([0x80, 0x80, 0x80, 0x80, 0x00]);
    }
}

/// An object that is being written.
#[derive(Default)]
pub struct ObjectWriter {
    types: Vec<Signature>,
    imports: BTreeMap<String, u32>,
    functions: Vec<(String, u32, SymbolFlags, Code)>,
    globals: Vec<i32>,
}

impl ObjectWriter {
    fn ty(&mut self, signature: Signature) -> u32 {
        let found = self.types.iter().position(|t| *t == signature);
        found.unwrap_or_else(|| {
            self.types.push(signature);
            self.types.len() - 1
        }) as u32
    }

    /// Declares a function of another object.
    pub fn import(&mut self, symbol: &str, signature: Signature) {
        let ty = self.ty(signature);
        self.imports.insert(symbol.to_owned(), ty);
    }

    /// Adds a function.
    pub fn function(
        &mut self,
        symbol: &str,
        signature: Signature,
        flags: SymbolFlags,
        mut code: Code,
    ) {
        code.ops(&[Instruction::End]);
        let ty = self.ty(signature);
        self.functions.push((symbol.to_owned(), ty, flags, code));
    }

    /// Whether it has a function with this symbol.
    pub fn has(&self, symbol: &str) -> bool {
        self.functions.iter().any(|(name, ..)| name == symbol)
    }

    /// Adds a mutable global; returns its index.
    pub fn global(&mut self, value: i32) -> u32 {
        self.globals.push(value);
        self.globals.len() as u32 - 1
    }

    /// Writes the object.
    pub fn finish(&self) -> Vec<u8> {
        let mut module = Module::new();
        let mut types = TypeSection::new();
        for (params, results) in &self.types {
            types
                .ty()
                .function(params.iter().copied(), results.iter().copied());
        }
        module.section(&types);
        let mut imports = ImportSection::new();
        let memory = MemoryType {
            minimum: 0,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        };
        imports.import("env", "__linear_memory", memory);
        for (name, ty) in &self.imports {
            imports.import("env", name, EntityType::Function(*ty));
        }
        module.section(&imports);
        let mut functions = FunctionSection::new();
        for (_, ty, ..) in &self.functions {
            functions.function(*ty);
        }
        module.section(&functions);
        let mut sections = 3;
        if !self.globals.is_empty() {
            let mut globals = GlobalSection::new();
            let ty = GlobalType {
                val_type: ValType::I32,
                mutable: true,
                shared: false,
            };
            for value in &self.globals {
                globals.global(ty, &wasm_encoder::ConstExpr::i32_const(*value));
            }
            module.section(&globals);
            sections += 1;
        }
        let (code, relocations) = self.code();
        module.section(&RawSection {
            id: SectionId::Code.into(),
            data: &code,
        });
        let custom = |name: &'static str, data: Vec<u8>| CustomSection {
            name: name.into(),
            data: data.into(),
        };
        module.section(&custom("linking", self.linking()));
        // The index of the section that is relocated, and the number of relocations.
        let mut data = Vec::new();
        (sections as u32).encode(&mut data);
        (relocations.len() as u32).encode(&mut data);
        for (kind, offset, symbol) in relocations {
            data.push(kind);
            offset.encode(&mut data);
            symbol.encode(&mut data);
        }
        module.section(&custom("reloc.CODE", data));
        module.finish()
    }

    /// The content of the code section, and its relocations: type, offset and symbol.
    fn code(&self) -> (Vec<u8>, Vec<(u8, u32, u32)>) {
        let mut relocations = Vec::new();
        let mut content = Vec::new();
        (self.functions.len() as u32).encode(&mut content);
        for (_, _, _, code) in &self.functions {
            let mut body = wasm_encoder::Function::new(code.locals.iter().map(|ty| (1, *ty)));
            let head = body.byte_len();
            body.raw(code.bytes.iter().copied());
            let body = body.into_raw_body();
            body.encode(&mut content);
            let start = content.len() - body.len() + head;
            for (offset, target) in &code.relocations {
                let (kind, index, symbol) = match target {
                    Target::Func(name) => (FUNCTION_INDEX, self.symbol(name), self.symbol(name)),
                    Target::Global(index) => (GLOBAL_INDEX, *index, self.symbols() + index),
                };
                // The object must be a valid module as well.
                for (byte, shift) in (start + offset..).zip([0, 7, 14, 21]) {
                    if let Some(place) = content.get_mut(byte) {
                        *place = (index >> shift & 0x7f) as u8 | 0x80;
                    }
                }
                relocations.push((kind, (start + offset) as u32, symbol));
            }
        }
        (content, relocations)
    }

    /// The number of function symbols, which precede those of globals.
    fn symbols(&self) -> u32 {
        (self.imports.len() + self.functions.len()) as u32
    }

    /// The symbol of a function: imports come first, as in the index space.
    fn symbol(&self, name: &str) -> u32 {
        let own = self.functions.iter().position(|(n, ..)| n == name);
        let index = match own {
            Some(index) => self.imports.len() + index,
            None => self.imports.keys().position(|n| n == name).unwrap_or(0),
        };
        index as u32
    }

    /// The content of the `linking` section.
    fn linking(&self) -> Vec<u8> {
        let mut table = Vec::new();
        (self.symbols() + self.globals.len() as u32).encode(&mut table);
        for index in 0..self.imports.len() {
            table.push(0);
            SymbolFlags::UNDEFINED.bits().encode(&mut table);
            (index as u32).encode(&mut table);
        }
        for (index, (name, _, flags, _)) in self.functions.iter().enumerate() {
            table.push(0);
            flags.bits().encode(&mut table);
            ((self.imports.len() + index) as u32).encode(&mut table);
            name.as_str().encode(&mut table);
        }
        for index in 0..self.globals.len() {
            table.push(2);
            SymbolFlags::BINDING_LOCAL.bits().encode(&mut table);
            (index as u32).encode(&mut table);
            "static_link_state".encode(&mut table);
        }
        // The version, and the symbol table as the only subsection.
        let mut out = vec![2, 8];
        table.encode(&mut out);
        out
    }
}
