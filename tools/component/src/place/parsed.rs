//! Reads the modules.

use crate::module::{Kind, Module};
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

/// A valid module.
pub struct Parsed<'a> {
    pub shown: &'a str,
    pub module: Module<'a>,
    /// The custom sections that still hold when functions move.
    pub custom: Vec<(&'a str, &'a [u8])>,
    /// The content of the `dylink.0` section.
    pub dylink: Option<wasmparser::Dylink0SectionReader<'a>>,
    /// Whether it is a relocatable object.
    pub is_object: bool,
    pub data_count: bool,
    /// The type index of each function.
    pub function_types: Vec<u32>,
}

impl Parsed<'_> {
    /// The index of an export of this kind.
    pub fn exported(&self, name: &str, kind: Kind) -> Option<u32> {
        let (found, index) = self.module.exports.get(name)?;
        (*found == kind).then_some(*index)
    }

    /// The type of a function.
    pub fn signature(&self, function: u32) -> Option<&FuncType> {
        let ty = *self.function_types.get(function as usize)?;
        let mut types = self.module.types.iter().flat_map(RecGroup::types);
        match &types.nth(ty as usize)?.composite_type.inner {
            CompositeInnerType::Func(ty) => Some(ty),
            _ => None,
        }
    }
}

/// Reads and validates a module.
pub fn parse<'a>(input: &'a Input<'_>) -> Result<Parsed<'a>> {
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
