//! Values of WIT types.

use crate::end::{Future, Stream};
use crate::lend::{self, Loan};
use crate::world::{Enum, Flags, Record, Resource, Type, Variant};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A value of a WIT type.
#[derive(Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Value {
    U8(u8),
    U16(u16),
    U32(u32),
    U64(u64),
    S8(i8),
    S16(i16),
    S32(i32),
    S64(i64),
    Bool(bool),
    Char(char),
    F32(f32),
    F64(f64),
    String(String),
    /// The fields in the order of the record.
    Record(Record, Vec<Value>),
    /// An owned resource.
    Own(Own),
    /// A borrowed resource.
    Borrow(Borrow),
    /// The lowest bit is the first flag.
    Flags(Flags, u32),
    Tuple(Vec<Value>),
    /// The number of the case, and its payload.
    Variant(Variant, u32, Option<Box<Value>>),
    /// The number of the case.
    Enum(Enum, u32),
    Option(Option<Box<Value>>),
    Result(Result<Option<Box<Value>>, Option<Box<Value>>>),
    /// A list, except of bytes.
    List(Vec<Value>),
    /// A list of `u8`.
    Bytes(Vec<u8>),
    /// The entries in any order.
    Map(Vec<(Value, Value)>),
    /// The readable end of a future.
    Future(Future),
    /// The readable end of a stream.
    Stream(Stream),
}

/// An owned resource, which is dropped with this value.
#[derive(Debug, PartialEq, Eq)]
pub struct Own {
    ty: Resource,
    handle: u32,
}

impl Own {
    pub(crate) fn new(ty: Resource, handle: u32) -> Self {
        Own { ty, handle }
    }

    /// The type.
    pub fn ty(&self) -> Resource {
        self.ty
    }

    /// Gives the handle away.
    pub(crate) fn into_handle(self) -> u32 {
        core::mem::ManuallyDrop::new(self).handle
    }

    /// A new resource that the world exports, with the representation that `destroy` will get.
    /// `None` if the world imports it.
    pub fn make(ty: Resource, rep: u32) -> Option<Self> {
        // SAFETY: the function makes a handle of any representation.
        let handle = unsafe { (ty.0.make?)(rep as usize) };
        Some(Own { ty, handle })
    }

    /// The representation. `None` if the world imports the resource.
    pub fn rep(&self) -> Option<u32> {
        // SAFETY: this value owns the handle.
        let rep = unsafe { (self.ty.0.rep?)(self.handle) };
        Some(rep as u32)
    }

    /// Lends the resource to the function that gets the value, which must be called before this
    /// resource is dropped. Until the call has returned, this resource cannot be given away; if it
    /// is dropped, its handle is dropped then.
    pub fn borrow(&self) -> Borrow {
        Borrow {
            ty: self.ty,
            value: self.handle,
            kind: Kind::Lent,
        }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        lend::drop_handle(lend::key(self.ty.0, self.handle), self.ty.0.drop);
    }
}

/// A borrowed resource: lent to a function that is called, or by the caller, for the time of the
/// call.
#[derive(Debug, PartialEq, Eq)]
pub struct Borrow {
    ty: Resource,
    value: u32,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A handle that somebody else owns.
    Lent,
    /// A handle of this call.
    Received,
    /// The representation of a resource that the world exports.
    Rep,
}

impl Borrow {
    pub(crate) fn received(ty: Resource, value: u32) -> Self {
        let kind = match ty.is_exported() {
            true => Kind::Rep,
            false => Kind::Received,
        };
        Borrow { ty, value, kind }
    }

    pub(crate) fn handle(&self) -> u32 {
        self.value
    }

    /// The handle while it is lent. `None` for a representation, which is none.
    pub(crate) fn loan(&self) -> Option<Loan> {
        (self.kind != Kind::Rep).then(|| lend::key(self.ty.0, self.value))
    }

    /// The type.
    pub fn ty(&self) -> Resource {
        self.ty
    }

    /// The representation. `None` if the world imports the resource.
    pub fn rep(&self) -> Option<u32> {
        match self.kind {
            Kind::Rep => Some(self.value),
            // SAFETY: the owner outlives the loan.
            _ => Some(unsafe { (self.ty.0.rep?)(self.value) } as u32),
        }
    }

    /// Lends the resource on.
    pub fn lend(&self) -> Borrow {
        Borrow {
            ty: self.ty,
            value: self.value,
            kind: match self.kind {
                Kind::Received => Kind::Lent,
                kind => kind,
            },
        }
    }
}

impl Drop for Borrow {
    fn drop(&mut self) {
        if self.kind == Kind::Received {
            lend::drop_handle(lend::key(self.ty.0, self.value), self.ty.0.drop);
        }
    }
}

impl Value {
    /// Checks that the value has a type. The error says which part has which other type.
    pub fn check(&self, ty: Type) -> Result<(), String> {
        let all = |mut pairs: alloc::vec::IntoIter<(&Value, Type)>| {
            pairs.try_for_each(|(value, ty)| value.check(ty))
        };
        let optional = |value: &Option<Box<Value>>, ty: Option<Type>| match (value, ty) {
            (Some(value), Some(ty)) => value.check(ty),
            (None, None) => Ok(()),
            (Some(_), None) => Err("a payload that the case does not have".to_string()),
            (None, Some(ty)) => Err(format!("no payload in place of {}", ty.describe())),
        };
        match (self, ty) {
            (Value::U8(_), Type::U8)
            | (Value::U16(_), Type::U16)
            | (Value::U32(_), Type::U32)
            | (Value::U64(_), Type::U64)
            | (Value::S8(_), Type::S8)
            | (Value::S16(_), Type::S16)
            | (Value::S32(_), Type::S32)
            | (Value::S64(_), Type::S64)
            | (Value::Bool(_), Type::Bool)
            | (Value::Char(_), Type::Char)
            | (Value::F32(_), Type::F32)
            | (Value::F64(_), Type::F64)
            | (Value::String(_), Type::String) => Ok(()),
            (Value::Record(_, values), Type::Record(record))
                if values.len() == record.fields().len() =>
            {
                let types = record.fields().map(|(_, ty)| ty);
                all(values.iter().zip(types).collect::<Vec<_>>().into_iter())
            }
            (Value::Tuple(values), Type::Tuple(tuple)) if values.len() == tuple.types().len() => {
                let pairs: Vec<_> = values.iter().zip(tuple.types()).collect();
                all(pairs.into_iter())
            }
            (Value::Own(own), Type::Own(resource)) if own.ty() == resource => {
                match lend::is_lent(lend::key(own.ty.0, own.handle)) {
                    true => Err("a resource that is lent to a call that has not returned".into()),
                    false => Ok(()),
                }
            }
            (Value::Borrow(borrow), Type::Borrow(resource)) if borrow.ty() == resource => Ok(()),
            (Value::Flags(_, bits), Type::Flags(flags))
                if u64::from(*bits) < 1 << flags.names().len() =>
            {
                Ok(())
            }
            (Value::Enum(_, case), Type::Enum(ty)) if (*case as usize) < ty.names().len() => Ok(()),
            (Value::Variant(_, case, payload), Type::Variant(variant)) => {
                match variant.cases().nth(*case as usize) {
                    Some((_, ty)) => optional(payload, ty),
                    None => Err(format!(
                        "case {case} of {}",
                        Type::Variant(variant).describe()
                    )),
                }
            }
            (Value::Option(None), Type::Option(_)) => Ok(()),
            (Value::Option(Some(value)), Type::Option(option)) => value.check(option.ty()),
            (Value::Result(Ok(value)), Type::Result(result)) => optional(value, result.ok()),
            (Value::Result(Err(value)), Type::Result(result)) => optional(value, result.err()),
            (Value::Bytes(_), Type::List(list)) if list.ty() == Type::U8 => Ok(()),
            (Value::List(values), Type::List(list)) => {
                let ty = list.ty();
                values.iter().try_for_each(|value| value.check(ty))
            }
            (Value::Map(entries), Type::Map(map)) => {
                let (key_type, value_type) = (map.key(), map.value());
                entries.iter().try_for_each(|(key, value)| {
                    key.check(key_type)?;
                    value.check(value_type)
                })
            }
            (Value::Future(future), ty) if Type::Future(future.ty()).is_same(ty) => future.check(),
            (Value::Stream(stream), ty) if Type::Stream(stream.ty()).is_same(ty) => stream.check(),
            (value, ty) => Err(format!("{} in place of {}", value.kind(), ty.describe())),
        }
    }

    /// The kind of the value, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::U8(_) => "u8",
            Value::U16(_) => "u16",
            Value::U32(_) => "u32",
            Value::U64(_) => "u64",
            Value::S8(_) => "s8",
            Value::S16(_) => "s16",
            Value::S32(_) => "s32",
            Value::S64(_) => "s64",
            Value::Bool(_) => "bool",
            Value::Char(_) => "char",
            Value::F32(_) => "f32",
            Value::F64(_) => "f64",
            Value::String(_) => "string",
            Value::Record(..) => "a record",
            Value::Own(_) => "a resource",
            Value::Borrow(_) => "a borrowed resource",
            Value::Flags(..) => "flags",
            Value::Tuple(_) => "a tuple",
            Value::Variant(..) => "a variant",
            Value::Enum(..) => "an enum",
            Value::Option(_) => "an option",
            Value::Result(_) => "a result",
            Value::List(_) => "a list",
            Value::Bytes(_) => "list<u8>",
            Value::Map(_) => "a map",
            Value::Future(_) => "a future",
            Value::Stream(_) => "a stream",
        }
    }
}

impl Type {
    /// The type as in WIT, for messages.
    pub fn describe(self) -> String {
        let optional = |ty: Option<Type>| ty.map_or_else(|| "_".to_string(), Type::describe);
        let list = |types: &mut dyn Iterator<Item = Type>| {
            let all: Vec<String> = types.map(Type::describe).collect();
            all.join(", ")
        };
        match self {
            Type::U8 => "u8".to_string(),
            Type::U16 => "u16".to_string(),
            Type::U32 => "u32".to_string(),
            Type::U64 => "u64".to_string(),
            Type::S8 => "s8".to_string(),
            Type::S16 => "s16".to_string(),
            Type::S32 => "s32".to_string(),
            Type::S64 => "s64".to_string(),
            Type::Bool => "bool".to_string(),
            Type::Char => "char".to_string(),
            Type::F32 => "f32".to_string(),
            Type::F64 => "f64".to_string(),
            Type::String => "string".to_string(),
            Type::Record(record) => format!("record {}", record.name()),
            Type::Own(resource) => resource.name().to_string(),
            Type::Borrow(resource) => format!("borrow<{}>", resource.name()),
            Type::Flags(flags) => format!("flags {}", flags.name()),
            Type::Tuple(tuple) => format!("tuple<{}>", list(&mut tuple.types())),
            Type::Variant(variant) => format!("variant {}", variant.name()),
            Type::Enum(ty) => format!("enum {}", ty.name()),
            Type::Option(option) => format!("option<{}>", option.ty().describe()),
            Type::Result(result) => {
                format!(
                    "result<{}, {}>",
                    optional(result.ok()),
                    optional(result.err())
                )
            }
            Type::List(ty) => format!("list<{}>", ty.ty().describe()),
            Type::Map(map) => format!("map<{}, {}>", map.key().describe(), map.value().describe()),
            Type::Future(future) => format!("future<{}>", optional(future.ty())),
            Type::Stream(stream) => format!("stream<{}>", optional(stream.ty())),
        }
    }
}
