//! Writing an object: functions that call others by the names of their symbols.

use std::collections::BTreeMap;
use wasm_encoder::{
    BlockType, CustomSection, Encode, EntityType, FunctionSection, GlobalSection, GlobalType,
    ImportSection, Instruction, MemoryType, Module, RawSection, SectionId, TypeSection, ValType,
};
use wasmparser::SymbolFlags;

/// `R_WASM_FUNCTION_INDEX_LEB` and `R_WASM_GLOBAL_INDEX_LEB`.
const FUNCTION_INDEX: u8 = 0;
const GLOBAL_INDEX: u8 = 7;

/// Parameters and results of a function.
pub type Signature = (Vec<ValType>, Vec<ValType>);

/// What a relocation names.
enum Named {
    Func(String),
    Global(u32),
}

/// The body of a function.
pub struct Code {
    params: u32,
    locals: Vec<ValType>,
    bytes: Vec<u8>,
    named: Vec<(usize, Named)>,
}

impl Code {
    /// A body with that many parameters.
    pub fn new(params: usize) -> Self {
        Code {
            // A function type has a thousand parameters at most.
            params: params as u32,
            locals: Vec::new(),
            bytes: Vec::new(),
            named: Vec::new(),
        }
    }

    /// A further local; gives its index.
    pub fn local(&mut self, ty: ValType) -> u32 {
        self.locals.push(ty);
        self.params + self.locals.len() as u32 - 1
    }

    /// Appends instructions that name neither functions nor globals.
    pub fn ops(&mut self, instructions: &[Instruction]) {
        for instruction in instructions {
            instruction.encode(&mut self.bytes);
        }
    }

    /// Appends a call.
    pub fn call(&mut self, symbol: &str) {
        self.bytes.push(0x10);
        self.name(Named::Func(symbol.to_owned()));
    }

    /// Ends the program if there is no address in a local.
    pub fn trap_if_null(&mut self, local: u32) {
        self.ops(&[
            Instruction::LocalGet(local),
            Instruction::I32Eqz,
            Instruction::If(BlockType::Empty),
            Instruction::Unreachable,
            Instruction::End,
        ]);
    }

    /// Appends `global.get`, of a global of the object.
    pub fn global_get(&mut self, index: u32) {
        self.bytes.push(0x23);
        self.name(Named::Global(index));
    }

    /// Appends `global.set`, of a global of the object.
    pub fn global_set(&mut self, index: u32) {
        self.bytes.push(0x24);
        self.name(Named::Global(index));
    }

    fn name(&mut self, named: Named) {
        self.named.push((self.bytes.len(), named));
        // The linker writes an index of five bytes over it.
        self.bytes.extend([0x80, 0x80, 0x80, 0x80, 0x00]);
    }
}

/// An object that is being written.
#[derive(Default)]
pub struct Glue {
    types: Vec<Signature>,
    imports: BTreeMap<String, u32>,
    functions: Vec<(String, u32, SymbolFlags, Code)>,
    globals: Vec<i32>,
}

impl Glue {
    fn ty(&mut self, signature: Signature) -> u32 {
        let found = self.types.iter().position(|t| *t == signature);
        found.unwrap_or_else(|| {
            self.types.push(signature);
            self.types.len() - 1
        }) as u32
    }

    /// Names a function of another object.
    pub fn import(&mut self, symbol: &str, signature: Signature) {
        let ty = self.ty(signature);
        self.imports.insert(symbol.to_owned(), ty);
    }

    /// Adds a function; it ends where its code ends.
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

    /// Whether it has such a function.
    pub fn has(&self, symbol: &str) -> bool {
        self.functions.iter().any(|(name, ..)| name == symbol)
    }

    /// Adds a mutable global; gives its index.
    pub fn global(&mut self, value: i32) -> u32 {
        self.globals.push(value);
        self.globals.len() as u32 - 1
    }

    /// The object's bytes.
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
        // First which section they are for, then how many there are.
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

    /// The functions' bodies, and what the linker has to write into them: kind, place, symbol.
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
            for (offset, named) in &code.named {
                let (kind, index, symbol) = match named {
                    Named::Func(name) => (FUNCTION_INDEX, self.symbol(name), self.symbol(name)),
                    Named::Global(index) => (GLOBAL_INDEX, *index, self.symbols() + index),
                };
                // The object itself is a module too.
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

    fn symbols(&self) -> u32 {
        (self.imports.len() + self.functions.len()) as u32
    }

    /// The symbols are the imports, then the functions, as their indices are.
    fn symbol(&self, name: &str) -> u32 {
        let own = self.functions.iter().position(|(n, ..)| n == name);
        let index = match own {
            Some(index) => self.imports.len() + index,
            None => self.imports.keys().position(|n| n == name).unwrap_or(0),
        };
        index as u32
    }

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
        // The version, and the only subsection.
        let mut out = vec![2, 8];
        table.encode(&mut out);
        out
    }
}
