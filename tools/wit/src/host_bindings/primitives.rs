//! The types of the language.

use wit_parser::Type;

/// A type of the language: its name in C, and that of its description in the runtime.
#[derive(Debug, Clone, Copy)]
pub struct Primitive {
    pub wit: &'static str,
    pub c: &'static str,
    pub description: &'static str,
}

/// The type `string`.
pub const STRING: Primitive = primitive("string", "wit_string_t", "wit_host_string");

const fn primitive(wit: &'static str, c: &'static str, description: &'static str) -> Primitive {
    Primitive {
        wit,
        c,
        description,
    }
}

/// A type of the language; `None` for others, and for those that C does not have.
pub fn primitive_of(ty: &Type) -> Option<Primitive> {
    Some(match ty {
        Type::Bool => primitive("bool", "bool", "wit_host_bool"),
        Type::S8 => primitive("s8", "int8_t", "wit_host_s8"),
        Type::U8 => primitive("u8", "uint8_t", "wit_host_u8"),
        Type::S16 => primitive("s16", "int16_t", "wit_host_s16"),
        Type::U16 => primitive("u16", "uint16_t", "wit_host_u16"),
        Type::S32 => primitive("s32", "int32_t", "wit_host_s32"),
        Type::U32 => primitive("u32", "uint32_t", "wit_host_u32"),
        Type::S64 => primitive("s64", "int64_t", "wit_host_s64"),
        Type::U64 => primitive("u64", "uint64_t", "wit_host_u64"),
        Type::F32 => primitive("f32", "float", "wit_host_f32"),
        Type::F64 => primitive("f64", "double", "wit_host_f64"),
        Type::Char => primitive("char", "uint32_t", "wit_host_char"),
        Type::String => STRING,
        Type::ErrorContext | Type::Id(_) => return None,
    })
}
