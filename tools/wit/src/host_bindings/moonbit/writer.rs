//! The names and types of the world in MoonBit.

use crate::host_bindings::model::{Kind, Ty};
use crate::host_bindings::names::comment;
use crate::host_bindings::types::Types;
use crate::host_bindings::world::World;

/// Words of the language that a field, parameter or function cannot be called, and names that generated code uses.
const RESERVED: &str = " as async await break catch const continue declare define defer derive do else enum extern false fn \
    for if impl import in interface is let letrec lexmatch loop match mod module move mut namespace new noraise not of \
    package priv pub raise readonly recur ref return self static struct suberror super template test then throw trait \
    traitalias true try type typealias typeof unsafe use using var where while with yield cx v ";

/// The package with dynamic values.
pub const C: &str = "@component";

/// A name in lower case.
pub fn lower(name: &str) -> String {
    match RESERVED.contains(&format!(" {name} ")) {
        true => format!("{name}_"),
        false => name.to_owned(),
    }
}

/// A name of a type or case.
pub fn camel(name: &str) -> String {
    let words = name.split(['-', '_']).filter(|word| !word.is_empty());
    let name: String = words
        .map(|word| word[..1].to_uppercase() + &word[1..])
        .collect();
    match name.starts_with(|c: char| c.is_ascii_digit()) {
        true => format!("X{name}"),
        false => name,
    }
}

/// Writes a package.
pub struct Writer<'a> {
    pub world: &'a World<'a>,
    pub types: &'a Types<'a>,
    pub out: String,
}

impl Writer<'_> {
    pub fn item(&mut self, docs: Option<&str>) {
        self.out.push_str("\n///|\n");
        self.out.push_str(&comment(docs, ""));
    }

    /// The name of a definition without that of the world: `orders_item`.
    pub fn short(&self, index: usize) -> String {
        let stem = &self.types.defs[index].stem;
        let rest = stem.strip_prefix(self.world.prefix).unwrap_or(stem);
        rest.trim_start_matches('_').to_owned()
    }

    /// A type in MoonBit.
    pub fn ty(&self, ty: Ty) -> String {
        let optional = |ty: &Option<Ty>| ty.map_or("Unit".to_owned(), |ty| self.ty(ty));
        match ty {
            Ty::Primitive(p) => match p.wit {
                "bool" => "Bool",
                "u8" => "Byte",
                "s8" | "s16" | "s32" => "Int",
                "u16" | "u32" => "UInt",
                "s64" => "Int64",
                "u64" => "UInt64",
                "f32" => "Float",
                "f64" => "Double",
                "char" => "Char",
                _ => "String",
            }
            .to_owned(),
            Ty::Handle { resource, .. } => camel(&self.short(resource)),
            Ty::Def(index) => match &self.types.defs[index].kind {
                Kind::Tuple(types) if types.len() > 1 => {
                    let types: Vec<String> = types.iter().map(|ty| self.ty(*ty)).collect();
                    format!("({})", types.join(", "))
                }
                Kind::Tuple(types) => types.first().map_or("Unit".to_owned(), |ty| self.ty(*ty)),
                Kind::List(ty) => format!("Array[{}]", self.ty(*ty)),
                Kind::Option(ty) => format!("{}?", self.ty(*ty)),
                Kind::Result(ok, err) => format!("Result[{}, {}]", optional(ok), optional(err)),
                _ => camel(&self.short(index)),
            },
        }
    }
}
