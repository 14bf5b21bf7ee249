//! Writes types as WIT, for messages.

use crate::wording::primitive;
use wit_parser::{Handle, Resolve, Type, TypeDefKind, TypeId};

/// The maximum nesting depth of written types.
const DEPTH: usize = 6;

/// A type in backquotes, or `nothing`.
pub(super) fn type_text(resolve: &Resolve, ty: Option<Type>) -> String {
    match ty {
        Some(ty) => format!("`{}`", text(resolve, ty, DEPTH)),
        None => "nothing".to_owned(),
    }
}

/// The definition of a named type.
pub(super) fn definition(resolve: &Resolve, id: TypeId) -> String {
    kind(resolve, id, DEPTH)
}

fn text(resolve: &Resolve, ty: Type, depth: usize) -> String {
    let id = match primitive(ty) {
        Ok(name) => return name.to_owned(),
        Err(id) => id,
    };
    match &resolve.types[id].name {
        Some(name) => name.clone(),
        None => kind(resolve, id, depth),
    }
}

fn kind(resolve: &Resolve, id: TypeId, depth: usize) -> String {
    use TypeDefKind as K;
    let Some(depth) = depth.checked_sub(1) else {
        return "...".to_owned();
    };
    let one = |ty: &Type| text(resolve, *ty, depth);
    let maybe = |what: &str, ty: &Option<Type>| match ty {
        Some(ty) => format!("{what}<{}>", one(ty)),
        None => what.to_owned(),
    };
    match &resolve.types[id].kind {
        K::Type(ty) => one(ty),
        K::Tuple(t) => {
            let types: Vec<String> = t.types.iter().map(one).collect();
            format!("tuple<{}>", types.join(", "))
        }
        K::Option(ty) => format!("option<{}>", one(ty)),
        K::List(ty) => format!("list<{}>", one(ty)),
        K::FixedLengthList(ty, n) => format!("list<{}, {n}>", one(ty)),
        K::Map(k, v) => format!("map<{}, {}>", one(k), one(v)),
        K::Result(r) => match (&r.ok, &r.err) {
            (None, None) => "result".to_owned(),
            (Some(ok), None) => format!("result<{}>", one(ok)),
            (ok, Some(err)) => {
                let ok = ok.as_ref().map_or_else(|| "_".to_owned(), one);
                format!("result<{ok}, {}>", one(err))
            }
        },
        K::Future(ty) => maybe("future", ty),
        K::Stream(ty) => maybe("stream", ty),
        K::Handle(Handle::Own(id)) => one(&Type::Id(*id)),
        K::Handle(Handle::Borrow(id)) => format!("borrow<{}>", one(&Type::Id(*id))),
        other => other.as_str().to_owned(),
    }
}
