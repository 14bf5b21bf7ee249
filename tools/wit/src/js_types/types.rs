//! WIT types as TypeScript types.

use super::names::{camel, comment, pascal};
use std::cell::Cell;
use wit_parser::{
    Handle, InterfaceId, Resolve, Type, TypeDef, TypeDefKind, TypeId, TypeOwner, WorldId,
};

/// The types that a module uses.
pub struct Types<'a> {
    resolve: &'a Resolve,
    /// The interface or world whose module it is: its types have no prefix.
    interface: Option<InterfaceId>,
    world: Option<WorldId>,
    uses_option: Cell<bool>,
    uses_result: Cell<bool>,
}

impl<'a> Types<'a> {
    pub fn new(
        resolve: &'a Resolve,
        interface: Option<InterfaceId>,
        world: Option<WorldId>,
    ) -> Self {
        Types {
            resolve,
            interface,
            world,
            uses_option: Cell::new(false),
            uses_result: Cell::new(false),
        }
    }

    /// The generic types that the module has used so far.
    pub fn helpers(&self) -> String {
        let mut text = String::new();
        if self.uses_option.get() {
            text += "    type Option<T> = { tag: \"none\" } | { tag: \"some\", val: T };\n";
        }
        if self.uses_result.get() {
            text += "    type Result<T, E> = { tag: \"ok\", val: T } | { tag: \"err\", val: E };\n";
        }
        text
    }

    /// The type of values.
    pub fn name(&self, ty: &Type) -> String {
        let name = match ty {
            Type::Bool => "boolean",
            Type::U8 | Type::U16 | Type::U32 | Type::S8 | Type::S16 | Type::S32 => "number",
            Type::F32 | Type::F64 => "number",
            Type::U64 | Type::S64 => "bigint",
            Type::Char | Type::String => "string",
            Type::ErrorContext => "Error",
            Type::Id(id) => return self.of_id(*id),
        };
        name.to_owned()
    }

    /// The type of what a function returns: of a result, the value.
    pub fn returned(&self, ty: &Type) -> String {
        match self.kind(ty) {
            Some(TypeDefKind::Result(result)) => self.optional(result.ok.as_ref()),
            _ => self.name(ty),
        }
    }

    fn optional(&self, ty: Option<&Type>) -> String {
        ty.map_or_else(|| "void".to_owned(), |ty| self.name(ty))
    }

    /// What a type is, through aliases.
    fn kind(&self, ty: &Type) -> Option<&'a TypeDefKind> {
        let Type::Id(id) = ty else {
            return None;
        };
        match &self.resolve.types[*id].kind {
            TypeDefKind::Type(ty @ Type::Id(_)) => self.kind(ty),
            kind => Some(kind),
        }
    }

    fn of_id(&self, id: TypeId) -> String {
        let def = &self.resolve.types[id];
        match &def.name {
            Some(name) => self.qualified(def, &pascal(name)),
            None => self.structural(def),
        }
    }

    /// A type with a name, which may be in another module.
    fn qualified(&self, def: &TypeDef, name: &str) -> String {
        let module = match def.owner {
            TypeOwner::Interface(id) if Some(id) != self.interface => self.resolve.id_of(id),
            TypeOwner::World(id) if Some(id) != self.world => {
                let world = &self.resolve.worlds[id];
                let package = world.package;
                package.map(|package| self.resolve.id_of_name(package, &world.name))
            }
            // The function of a world has a module of its own, without types.
            _ => None,
        };
        match module {
            Some(module) => format!("import(\"{module}\").{name}"),
            None => name.to_owned(),
        }
    }

    /// A type without a name.
    fn structural(&self, def: &TypeDef) -> String {
        match &def.kind {
            TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => self.of_id(*id),
            TypeDefKind::Tuple(tuple) => {
                let types: Vec<String> = tuple.types.iter().map(|ty| self.name(ty)).collect();
                format!("[{}]", types.join(", "))
            }
            TypeDefKind::Option(ty) => match self.kind(ty) {
                Some(TypeDefKind::Option(_)) => {
                    self.uses_option.set(true);
                    format!("Option<{}>", self.name(ty))
                }
                _ => format!("{} | undefined", self.name(ty)),
            },
            TypeDefKind::Result(result) => {
                self.uses_result.set(true);
                let (ok, err) = (
                    self.optional(result.ok.as_ref()),
                    self.optional(result.err.as_ref()),
                );
                format!("Result<{ok}, {err}>")
            }
            TypeDefKind::List(ty) | TypeDefKind::FixedLengthList(ty, _) => self.list(ty),
            TypeDefKind::Map(key, value) => {
                format!("Map<{}, {}>", self.name(key), self.name(value))
            }
            TypeDefKind::Future(ty) => format!("PromiseLike<{}>", self.optional(ty.as_ref())),
            TypeDefKind::Stream(ty) => match ty.map(|ty| self.without_aliases(ty)) {
                // jco has single bytes.
                Some(Type::U8) => "AsyncIterable<Uint8Array>".to_owned(),
                _ => format!("AsyncIterable<{}>", self.optional(ty.as_ref())),
            },
            TypeDefKind::Type(ty) => self.name(ty),
            // These have names.
            _ => "unknown".to_owned(),
        }
    }

    fn without_aliases(&self, mut ty: Type) -> Type {
        while let Type::Id(id) = ty {
            match self.resolve.types[id].kind {
                TypeDefKind::Type(other) => ty = other,
                _ => break,
            }
        }
        ty
    }

    fn list(&self, ty: &Type) -> String {
        let array = match self.without_aliases(*ty) {
            Type::U8 => "Uint8Array",
            Type::S8 => "Int8Array",
            Type::U16 => "Uint16Array",
            Type::S16 => "Int16Array",
            Type::U32 => "Uint32Array",
            Type::S32 => "Int32Array",
            Type::U64 => "BigUint64Array",
            Type::S64 => "BigInt64Array",
            Type::F32 => "Float32Array",
            Type::F64 => "Float64Array",
            _ => return format!("Array<{}>", self.name(ty)),
        };
        array.to_owned()
    }

    /// The declaration of a type that has a name and is no resource.
    pub fn definition(&self, id: TypeId) -> String {
        let def = &self.resolve.types[id];
        let name = pascal(def.name.as_deref().unwrap_or_default());
        let docs = comment(def.docs.contents.as_deref(), &[], "    ");
        let field = |name: &str, docs: Option<&str>, ty: String| {
            let docs = comment(docs, &[], "        ");
            format!("{docs}        {name}: {ty},\n")
        };
        match &def.kind {
            TypeDefKind::Record(record) => {
                let fields = record.fields.iter().map(|f| {
                    let (name, ty) = match self.kind(&f.ty) {
                        // A field that is undefined can be left out.
                        Some(TypeDefKind::Option(_)) => (camel(&f.name) + "?", self.name(&f.ty)),
                        _ => (camel(&f.name), self.name(&f.ty)),
                    };
                    field(&name, f.docs.contents.as_deref(), ty)
                });
                let fields: String = fields.collect();
                format!("{docs}    export interface {name} {{\n{fields}    }}\n")
            }
            TypeDefKind::Flags(flags) => {
                let flags = flags.flags.iter().map(|f| {
                    let name = camel(&f.name) + "?";
                    field(&name, f.docs.contents.as_deref(), "boolean".to_owned())
                });
                let flags: String = flags.collect();
                format!("{docs}    export interface {name} {{\n{flags}    }}\n")
            }
            TypeDefKind::Enum(cases) => {
                let cases: Vec<String> = cases
                    .cases
                    .iter()
                    .map(|case| format!("\"{}\"", case.name))
                    .collect();
                format!("{docs}    export type {name} = {};\n", cases.join(" | "))
            }
            TypeDefKind::Variant(variant) => {
                let mut types = String::new();
                let mut names = Vec::new();
                for case in &variant.cases {
                    let name = format!("{name}{}", pascal(&case.name));
                    let docs = comment(case.docs.contents.as_deref(), &[], "    ");
                    let val = case.ty.map_or_else(String::new, |ty| {
                        format!("        val: {},\n", self.name(&ty))
                    });
                    types += &format!(
                        "{docs}    export interface {name} {{\n        tag: \"{}\",\n{val}    }}\n",
                        case.name
                    );
                    names.push(name);
                }
                format!(
                    "{docs}    export type {name} = {};\n{types}",
                    names.join(" | ")
                )
            }
            _ => format!("{docs}    export type {name} = {};\n", self.structural(def)),
        }
    }
}
