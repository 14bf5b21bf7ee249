//! Phrases that several commands print.

use wit_parser::{PackageName, Type, TypeId};

/// A number with a noun: `1 world`, `2 worlds`.
pub fn count(n: usize, noun: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {noun}{plural}")
}

/// The name of a package without its version: `ns:name`.
pub fn unversioned(name: &PackageName) -> String {
    format!("{}:{}", name.namespace, name.name)
}

/// The name of a type of the language, or the type that is defined elsewhere.
pub fn primitive(ty: Type) -> Result<&'static str, TypeId> {
    Ok(match ty {
        Type::Bool => "bool",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::S8 => "s8",
        Type::S16 => "s16",
        Type::S32 => "s32",
        Type::S64 => "s64",
        Type::F32 => "f32",
        Type::F64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::ErrorContext => "error-context",
        Type::Id(id) => return Err(id),
    })
}
