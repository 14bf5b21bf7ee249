//! The sources of a script as data, which `wit_dylib_sources` in `wit_dylib.h` returns.
//!
//! ```c
//! struct wit_source { const char *name; const uint8_t *data; size_t size; };
//! struct wit_sources { size_t count; const struct wit_source *sources; };
//! ```
//!
//! Names and data end with a NUL that `size` does not count, as parsers of C programs expect.

use crate::named_file::{named_file, NamedFile};
use rules_wit_common::{read_bytes, Diagnostic, Limit, Result};
use std::borrow::Cow;
use std::collections::BTreeSet;
use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataSection, Encode, EntityType, ExportKind,
    ExportSection, Function, FunctionSection, GlobalType, ImportSection, Instruction, MemArg,
    MemoryType, Module, TypeSection, ValType,
};

/// The function that returns the sources.
pub const FUNCTION: &str = "wit_dylib_sources";

/// The name of the library that [`library`] makes.
pub const LIBRARY: &str = "wit-dylib-sources";

/// The alignment of the data is 2 to the power of this.
pub const ALIGNMENT: u32 = 4;

/// The most bytes of all sources together.
const MAX: usize = 256 << 20;

/// The option for sources.
#[derive(clap::Args)]
pub struct SourceArgs {
    /// A file of the script, as data: the first is the entry point. NAME is how the interpreter
    /// sees it; the default is the name of the file.
    #[arg(long = "source", value_name = "[NAME=]FILE", value_parser = named_file)]
    files: Vec<NamedFile>,
}

impl SourceArgs {
    /// Whether there is one.
    pub fn is_given(&self) -> bool {
        !self.files.is_empty()
    }

    /// Reads the files.
    pub fn read(&self) -> Result<Sources> {
        let mut sources = Sources::default();
        let mut names = BTreeSet::new();
        let mut size = 0;
        for NamedFile { name, file } in &self.files {
            if name.contains('\0') {
                return Err(Diagnostic::usage("the name of a source contains NUL").into());
            }
            if !names.insert(name) {
                return Err(Diagnostic::usage(format!("two sources are named `{name}`"))
                    .hint("name each file once: `--source NAME=FILE`")
                    .rule_hint("name each file once in `srcs`")
                    .into());
            }
            let data = read_bytes(file, Limit::SOURCE)?;
            size += name.len() + data.len();
            sources.0.push((name.clone(), data));
        }
        if size > MAX {
            let max = MAX >> 20;
            return Err(Diagnostic::new(format!(
                "the sources are larger than the limit of {max} MiB"
            ))
            .hint("read large files at run time")
            .into());
        }
        Ok(sources)
    }
}

/// The names and contents of the files of a script.
#[derive(Default)]
pub struct Sources(Vec<(String, Vec<u8>)>);

/// Sources in memory.
pub struct Layout {
    /// The bytes.
    pub data: Vec<u8>,
    /// The offset of `struct wit_sources`.
    pub table: u32,
    /// The offsets of pointers in `data`, which are relative to its start.
    pub pointers: Vec<u32>,
}

impl Sources {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Lays the sources out as if their data began at the address 0.
    pub fn layout(&self) -> Layout {
        const HEADER: usize = 8;
        const ENTRY: usize = 12;
        let mut out = Layout {
            data: vec![0; HEADER + ENTRY * self.0.len()],
            table: 0,
            pointers: Vec::new(),
        };
        out.number(0, self.0.len());
        if !self.0.is_empty() {
            out.pointer(4, HEADER);
        }
        for (i, (name, data)) in self.0.iter().enumerate() {
            let entry = HEADER + ENTRY * i;
            let at = out.text(name.as_bytes());
            out.pointer(entry, at);
            let at = out.text(data);
            out.pointer(entry + 4, at);
            out.number(entry + 8, data.len());
        }
        out
    }
}

impl Layout {
    /// Moves the data to an address.
    pub fn relocate(&mut self, base: u32) {
        for at in &self.pointers {
            let at = *at as usize;
            if let Some(field) = self.data.get_mut(at..at + 4) {
                let old = field
                    .iter()
                    .rev()
                    .fold(0, |n, byte| n << 8 | u32::from(*byte));
                field.copy_from_slice(&old.wrapping_add(base).to_le_bytes());
            }
        }
    }

    fn number(&mut self, at: usize, value: usize) {
        // Sources are much smaller than a 32-bit memory.
        let bytes = (value as u32).to_le_bytes();
        self.data[at..at + 4].copy_from_slice(&bytes);
    }

    fn pointer(&mut self, at: usize, to: usize) {
        self.number(at, to);
        self.pointers.push(at as u32);
    }

    fn text(&mut self, bytes: &[u8]) -> usize {
        let at = self.data.len();
        self.data.extend_from_slice(bytes);
        self.data.push(0);
        at
    }
}

/// A shared library of the sources, for `component link`.
pub fn library(sources: &Sources) -> Vec<u8> {
    let layout = sources.layout();
    let mut types = TypeSection::new();
    types.ty().function([], []);
    types.ty().function([], [ValType::I32]);

    let mut imports = ImportSection::new();
    imports.import(
        "env",
        "memory",
        MemoryType {
            minimum: 0,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        },
    );
    let base = GlobalType {
        val_type: ValType::I32,
        mutable: false,
        shared: false,
    };
    imports.import("env", "__memory_base", EntityType::Global(base));

    let mut relocate = Function::new([]);
    for at in &layout.pointers {
        let field = MemArg {
            offset: u64::from(*at),
            align: 2,
            memory_index: 0,
        };
        for instruction in [
            Instruction::GlobalGet(0),
            Instruction::GlobalGet(0),
            Instruction::I32Load(field),
            Instruction::GlobalGet(0),
            Instruction::I32Add,
            Instruction::I32Store(field),
        ] {
            relocate.instruction(&instruction);
        }
    }
    relocate.instruction(&Instruction::End);
    let mut table = Function::new([]);
    table.instruction(&Instruction::GlobalGet(0));
    table.instruction(&Instruction::I32Const(layout.table as i32));
    table.instruction(&Instruction::I32Add);
    table.instruction(&Instruction::End);

    let mut functions = FunctionSection::new();
    functions.function(0).function(1);
    let mut exports = ExportSection::new();
    exports.export("__wasm_apply_data_relocs", ExportKind::Func, 0);
    exports.export(FUNCTION, ExportKind::Func, 1);
    let mut code = CodeSection::new();
    code.function(&relocate).function(&table);
    let mut data = DataSection::new();
    let start = ConstExpr::global_get(0);
    data.active(0, &start, layout.data.iter().copied());

    // WASM_DYLINK_MEM_INFO: size and alignment of memory, then of the table.
    let mut info = Vec::new();
    (layout.data.len() as u32).encode(&mut info);
    info.extend([ALIGNMENT as u8, 0, 0]);
    let mut dylink = vec![1];
    info.encode(&mut dylink);

    let mut module = Module::new();
    module
        .section(&CustomSection {
            name: Cow::Borrowed("dylink.0"),
            data: Cow::Borrowed(&dylink),
        })
        .section(&types)
        .section(&imports)
        .section(&functions)
        .section(&exports)
        .section(&code)
        .section(&data);
    module.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout() {
        let sources = Sources(vec![
            ("a.js".to_owned(), b"1+1".to_vec()),
            ("lib/b.js".to_owned(), Vec::new()),
        ]);
        let mut layout = sources.layout();
        assert!(wasmparser::validate(&library(&sources)).is_ok());
        layout.relocate(0x1_0000);
        let word = |at: usize| {
            let bytes = layout.data[at..at + 4].try_into().expect("4 bytes");
            u32::from_le_bytes(bytes)
        };
        let text = |at: u32| {
            let rest = &layout.data[at as usize - 0x1_0000..];
            let end = rest.iter().position(|byte| *byte == 0).expect("NUL");
            String::from_utf8_lossy(&rest[..end]).into_owned()
        };
        assert_eq!((word(0), word(4)), (2, 0x1_0008));
        assert_eq!(
            (text(word(8)), text(word(12)), word(16)),
            ("a.js".into(), "1+1".into(), 3)
        );
        assert_eq!(
            (text(word(20)), text(word(24)), word(28)),
            ("lib/b.js".into(), "".into(), 0)
        );
        assert_eq!(Sources::default().layout().data, [0; 8]);
    }
}
