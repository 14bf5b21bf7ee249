//! Types as the bindings declare them.

use super::primitives::Primitive;

/// A type as it is used.
#[derive(Debug, Clone, Copy)]
pub enum Ty {
    Primitive(Primitive),
    /// A type of the table.
    Def(usize),
    /// A handle of a resource of the table.
    Handle {
        resource: usize,
        is_own: bool,
    },
}

/// A field, case or flag.
pub struct Part {
    /// The name in WIT.
    pub wit: String,
    /// The field in C, or the constant for a flag and a case of an enum.
    pub c: String,
    /// The constant for a case of a variant.
    pub constant: String,
    pub ty: Option<Ty>,
    pub docs: Option<String>,
}

/// The structure of a type.
pub enum Kind {
    Record(Vec<Part>),
    Tuple(Vec<Ty>),
    List(Ty),
    Option(Ty),
    Result(Option<Ty>, Option<Ty>),
    Variant(Vec<Part>),
    Enum(Vec<Part>),
    Flags(Vec<Part>),
    /// A resource; the number is for those of the host.
    Resource(Option<u32>),
}

/// A type that the header defines.
pub struct Def {
    /// The name in C without `_t`.
    pub stem: String,
    pub kind: Kind,
    /// Whether its values own memory.
    pub is_owner: bool,
    pub docs: Option<String>,
}
