//! The functions and types of a world.

use crate::name::FunctionName;
use crate::raw;

/// A world: the functions that a script imports and exports. It lives as long as the program.
#[derive(Clone, Copy)]
pub struct World(pub(crate) &'static raw::World);

/// A view of an item of the world, which is the same item if its address is.
macro_rules! views {
    ($($(#[$doc:meta])* $name:ident of $raw:ident in $list:ident,)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy)]
            pub struct $name(pub(crate) &'static raw::$raw);

            impl $name {
                /// The interface, as `ns:package/name@version`. `None` for an item of the world
                /// itself, and for a type without a name.
                pub fn interface(self) -> Option<&'static str> {
                    self.0.interface.get()
                }

                /// The name in WIT, or the empty text for a type without one.
                pub fn name(self) -> &'static str {
                    self.0.name.get().unwrap_or_default()
                }

                #[allow(dead_code)]
                pub(crate) fn at(world: World, index: usize) -> Self {
                    Self(&world.0.$list.all()[index])
                }
            }

            impl PartialEq for $name {
                fn eq(&self, other: &Self) -> bool {
                    core::ptr::eq(self.0, other.0)
                }
            }

            impl Eq for $name {}

            impl core::hash::Hash for $name {
                fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
                    core::ptr::hash(self.0, state);
                }
            }

            impl core::fmt::Debug for $name {
                fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                    match self.interface() {
                        Some(interface) => write!(f, "{interface}#{}", self.name()),
                        None => f.write_str(self.name()),
                    }
                }
            }
        )*
    };
}

views! {
    /// A function that the world imports.
    ImportFunc of ImportFunc in import_funcs,
    /// A function that the world exports.
    ExportFunc of ExportFunc in export_funcs,
    /// A resource.
    Resource of Resource in resources,
    /// A record.
    Record of Record in records,
    /// Flags.
    Flags of Flags in flags,
    /// A tuple.
    Tuple of Tuple in tuples,
    /// A variant.
    Variant of Variant in variants,
    /// An enum.
    Enum of Enum in enums,
    /// An option.
    OptionType of Opt in options,
    /// A result.
    ResultType of Res in results,
    /// A list.
    List of List in lists,
    /// A map.
    Map of Map in maps,
    /// A future.
    FutureType of Future in futures,
    /// A stream.
    StreamType of Stream in streams,
    /// A type that has another name.
    Alias of Alias in aliases,
}

/// A type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Type {
    U8,
    U16,
    U32,
    U64,
    S8,
    S16,
    S32,
    S64,
    Bool,
    Char,
    F32,
    F64,
    String,
    Record(Record),
    Own(Resource),
    Borrow(Resource),
    Flags(Flags),
    Tuple(Tuple),
    Variant(Variant),
    Enum(Enum),
    Option(OptionType),
    Result(ResultType),
    List(List),
    Map(Map),
    Future(FutureType),
    Stream(StreamType),
}

impl Type {
    /// Whether values of the types are the same. Types without names may be described twice.
    pub(crate) fn is_same(self, other: Type) -> bool {
        let optional = |a: Option<Type>, b: Option<Type>| match (a, b) {
            (Some(a), Some(b)) => a.is_same(b),
            (a, b) => a == b,
        };
        match (self, other) {
            (Type::Tuple(a), Type::Tuple(b)) => {
                let mut pairs = a.types().zip(b.types());
                a.types().len() == b.types().len() && pairs.all(|(a, b)| a.is_same(b))
            }
            (Type::Option(a), Type::Option(b)) => a.ty().is_same(b.ty()),
            (Type::Result(a), Type::Result(b)) => {
                optional(a.ok(), b.ok()) && optional(a.err(), b.err())
            }
            (Type::List(a), Type::List(b)) => a.ty().is_same(b.ty()),
            (Type::Map(a), Type::Map(b)) => {
                a.key().is_same(b.key()) && a.value().is_same(b.value())
            }
            (Type::Future(a), Type::Future(b)) => optional(a.ty(), b.ty()),
            (Type::Stream(a), Type::Stream(b)) => optional(a.ty(), b.ty()),
            (a, b) => a == b,
        }
    }
}

impl World {
    /// The functions that the script can call.
    pub fn import_funcs(self) -> impl Iterator<Item = ImportFunc> {
        self.0.import_funcs.all().iter().map(ImportFunc)
    }

    /// The functions that the script must define.
    pub fn export_funcs(self) -> impl Iterator<Item = ExportFunc> {
        self.0.export_funcs.all().iter().map(ExportFunc)
    }

    /// The resources that the world imports and exports.
    pub fn resources(self) -> impl Iterator<Item = Resource> {
        self.0.resources.all().iter().map(Resource)
    }

    /// The types of futures.
    pub fn futures(self) -> impl Iterator<Item = FutureType> {
        self.0.futures.all().iter().map(FutureType)
    }

    /// The types of streams.
    pub fn streams(self) -> impl Iterator<Item = StreamType> {
        self.0.streams.all().iter().map(StreamType)
    }

    /// A type by its code; `None` is no type. Aliases are resolved.
    pub(crate) fn ty(self, code: u32) -> Option<Type> {
        let i = (code >> 8) as usize;
        Some(match code & 0xff {
            0 => Type::U8,
            1 => Type::U16,
            2 => Type::U32,
            3 => Type::U64,
            4 => Type::S8,
            5 => Type::S16,
            6 => Type::S32,
            7 => Type::S64,
            8 => Type::Bool,
            9 => Type::Char,
            10 => Type::F32,
            11 => Type::F64,
            12 => Type::String,
            14 => Type::Record(Record::at(self, i)),
            15 => Type::Own(Resource::at(self, i)),
            16 => Type::Borrow(Resource::at(self, i)),
            17 => Type::Flags(Flags::at(self, i)),
            18 => Type::Tuple(Tuple::at(self, i)),
            19 => Type::Variant(Variant::at(self, i)),
            20 => Type::Enum(Enum::at(self, i)),
            21 => Type::Option(OptionType::at(self, i)),
            22 => Type::Result(ResultType::at(self, i)),
            23 => Type::List(List::at(self, i)),
            24 => Type::Map(Map::at(self, i)),
            26 => Type::Future(FutureType::at(self, i)),
            27 => Type::Stream(StreamType::at(self, i)),
            28 => return self.ty(Alias::at(self, i).0.ty),
            // The generator knows neither `error-context` nor lists of a fixed length.
            _ => return None,
        })
    }

    fn some(self, code: u32) -> Type {
        self.ty(code)
            .unwrap_or_else(|| panic!("unknown type {code:#x}"))
    }
}

fn codes(codes: &raw::Array<u32>) -> impl ExactSizeIterator<Item = Type> {
    codes.all().iter().map(|code| world().some(*code))
}

fn world() -> World {
    crate::state::world()
}

impl ImportFunc {
    /// The name, taken apart.
    pub fn parts(self) -> FunctionName {
        FunctionName::of(self.name())
    }

    /// Whether the world imports it as an asynchronous function, which `call_async` calls.
    pub fn is_async(self) -> bool {
        self.0.call.is_none()
    }

    /// The types of the parameters.
    pub fn params(self) -> impl ExactSizeIterator<Item = Type> {
        codes(&self.0.params)
    }

    /// The type of the result.
    pub fn result(self) -> Option<Type> {
        world().ty(self.0.result)
    }
}

impl ExportFunc {
    /// The name, taken apart.
    pub fn parts(self) -> FunctionName {
        FunctionName::of(self.name())
    }

    /// Whether the world exports it as an asynchronous function.
    pub fn is_async(self) -> bool {
        self.0.task_return.is_some()
    }

    /// The types of the parameters.
    pub fn params(self) -> impl ExactSizeIterator<Item = Type> {
        codes(&self.0.params)
    }

    /// The type of the result.
    pub fn result(self) -> Option<Type> {
        world().ty(self.0.result)
    }
}

impl Resource {
    /// Whether the world exports it, so that the interpreter implements it.
    pub fn is_exported(self) -> bool {
        self.0.make.is_some()
    }
}

fn cases(
    all: &raw::Array<raw::Case>,
) -> impl ExactSizeIterator<Item = (&'static str, Option<Type>)> {
    let all = all.all().iter();
    all.map(|case| (case.name.get().unwrap_or_default(), world().ty(case.ty)))
}

fn names(all: &raw::Array<raw::Text>) -> impl ExactSizeIterator<Item = &'static str> {
    all.all().iter().map(|name| name.get().unwrap_or_default())
}

impl Record {
    /// The names and types of the fields.
    pub fn fields(self) -> impl ExactSizeIterator<Item = (&'static str, Type)> {
        let fields = self.0.fields.all().iter();
        fields.map(|f| (f.name.get().unwrap_or_default(), world().some(f.ty)))
    }
}

impl Tuple {
    /// The types of the elements.
    pub fn types(self) -> impl ExactSizeIterator<Item = Type> {
        codes(&self.0.types)
    }
}

impl Variant {
    /// The names and payloads of the cases.
    pub fn cases(self) -> impl ExactSizeIterator<Item = (&'static str, Option<Type>)> {
        cases(&self.0.cases)
    }
}

impl Enum {
    /// The names of the cases.
    pub fn names(self) -> impl ExactSizeIterator<Item = &'static str> {
        names(&self.0.names)
    }
}

impl Flags {
    /// The names of the flags, of which the first is the lowest bit.
    pub fn names(self) -> impl ExactSizeIterator<Item = &'static str> {
        names(&self.0.names)
    }
}

impl OptionType {
    /// The type of the value.
    pub fn ty(self) -> Type {
        world().some(self.0.ty)
    }
}

impl ResultType {
    /// The type of the value.
    pub fn ok(self) -> Option<Type> {
        world().ty(self.0.ok)
    }

    /// The type of the error.
    pub fn err(self) -> Option<Type> {
        world().ty(self.0.err)
    }
}

impl List {
    /// The type of the elements.
    pub fn ty(self) -> Type {
        world().some(self.0.ty)
    }
}

impl Map {
    /// The type of the keys.
    pub fn key(self) -> Type {
        world().some(self.0.key)
    }

    /// The type of the values.
    pub fn value(self) -> Type {
        world().some(self.0.value)
    }
}

impl FutureType {
    /// The type of the payload.
    pub fn ty(self) -> Option<Type> {
        world().ty(self.0.ty)
    }
}

impl StreamType {
    /// The type of the elements.
    pub fn ty(self) -> Option<Type> {
        world().ty(self.0.ty)
    }
}
