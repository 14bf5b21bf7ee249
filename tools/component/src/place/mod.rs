//! Places a generated library behind the memory and the table of an interpreter, which makes one
//! core module of both.
//!
//! The interpreter needs no position-independent code: only the library is relocated. Its base
//! addresses become constants, its imports the functions of the interpreter. The initial memory
//! grows, so `__heap_end`, a constant in the interpreter, is still the end of its own memory.

mod check;
mod library;
mod merge;

use crate::module::{gc, Keep, Kind, Module};
use crate::script_sources::Sources;
use check::Checked;
use rules_wit_common::{Diagnostic, Result};
use wasmparser::{
    CompositeInnerType, FuncType, Parser, Payload, RecGroup, Validator, WasmFeatures,
};

/// A core module, and its name in messages.
pub struct Input<'a> {
    /// The name.
    pub shown: String,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// Places a library and the sources of a script in an interpreter. The same inputs give the same
/// bytes.
pub fn place(main: &Input<'_>, dylib: &Input<'_>, sources: &Sources) -> Result<Vec<u8>> {
    let checked = Checked::new(parse(main)?, parse(dylib)?, sources)?;
    let internal = |e: wasm_encoder::reencode::Error| {
        Diagnostic::new(format!(
            "internal error: cannot place `{}` in `{}`: {e}",
            dylib.shown, main.shown
        ))
        .hint("report it, with the modules if possible")
    };
    let merged = merge::merge(&checked).map_err(internal)?;
    let keep = Keep {
        imports: false,
        data_count: checked.main.data_count,
    };
    let (mut module, _) = gc(&merged, keep).map_err(internal)?;
    for (name, data) in &checked.main.custom {
        append(&mut module, name, data);
    }
    let worlds = checked.dylib.custom.iter();
    for (name, data) in worlds.filter(|(name, _)| name.starts_with("component-type")) {
        append(&mut module, name, data);
    }
    Ok(module)
}

fn append(module: &mut Vec<u8>, name: &str, data: &[u8]) {
    use wasm_encoder::Section;
    wasm_encoder::CustomSection {
        name: name.into(),
        data: data.into(),
    }
    .append_to(module);
}

/// A valid module.
struct Parsed<'a> {
    shown: &'a str,
    module: Module<'a>,
    /// The custom sections that still hold when functions move.
    custom: Vec<(&'a str, &'a [u8])>,
    /// The content of the `dylink.0` section.
    dylink: Option<wasmparser::Dylink0SectionReader<'a>>,
    /// Whether it is a relocatable object.
    is_object: bool,
    data_count: bool,
    /// The type index of each function.
    function_types: Vec<u32>,
}

impl Parsed<'_> {
    /// The index of an export of this kind.
    fn exported(&self, name: &str, kind: Kind) -> Option<u32> {
        let (found, index) = self.module.exports.get(name)?;
        (*found == kind).then_some(*index)
    }

    /// The type of a function.
    fn signature(&self, function: u32) -> Option<&FuncType> {
        let ty = *self.function_types.get(function as usize)?;
        let mut types = self.module.types.iter().flat_map(RecGroup::types);
        match &types.nth(ty as usize)?.composite_type.inner {
            CompositeInnerType::Func(ty) => Some(ty),
            _ => None,
        }
    }
}

fn parse<'a>(input: &'a Input<'_>) -> Result<Parsed<'a>> {
    let shown = input.shown.as_str();
    let invalid = |e: wasmparser::BinaryReaderError| {
        Diagnostic::new(format!(
            "`{shown}` is not a valid module: {} (at offset {:#x})",
            e.message(),
            e.offset()
        ))
        .hint("rebuild it, without features that are not a part of WebAssembly 3.0")
    };
    Validator::new_with_features(WasmFeatures::default())
        .validate_all(input.bytes)
        .map_err(invalid)?;
    let mut parsed = Parsed {
        shown,
        module: Module::new(input.bytes).map_err(invalid)?,
        custom: Vec::new(),
        dylink: None,
        is_object: false,
        data_count: false,
        function_types: Vec::new(),
    };
    parsed.function_types = parsed.module.function_types();
    for payload in Parser::new(0).parse_all(input.bytes) {
        match payload.map_err(invalid)? {
            Payload::DataCountSection { .. } => parsed.data_count = true,
            Payload::CustomSection(section) => match section.name() {
                "dylink.0" => {
                    if let wasmparser::KnownCustom::Dylink0(reader) = section.as_known() {
                        parsed.dylink = Some(reader);
                    }
                }
                "linking" => parsed.is_object = true,
                // They refer to offsets in the code.
                "name" | "sourceMappingURL" | "external_debug_info" => {}
                name if name.starts_with(".debug_") || name.starts_with("reloc.") => {}
                name => parsed.custom.push((name, section.data())),
            },
            _ => {}
        }
    }
    Ok(parsed)
}
