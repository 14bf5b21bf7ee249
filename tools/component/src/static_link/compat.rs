//! Checks whether an export of one library satisfies an import of another.

use super::argument_copy::ArgumentCopy;
use super::library_worlds::defined;
use wit_parser::{Function, Handle, Resolve, Type, TypeDefKind, TypeOwner, WorldKey};

/// The reason why values of a type cannot be passed to the library that exports `callee`, if any.
pub fn unfit(
    resolve: &Resolve,
    copies: &ArgumentCopy,
    ty: &Type,
    callee: &WorldKey,
) -> Option<String> {
    let is_async = |ty: &Type| match ty {
        Type::ErrorContext => true,
        Type::Id(id) => matches!(
            resolve.types[*id].kind,
            TypeDefKind::Future(_) | TypeDefKind::Stream(_)
        ),
        _ => false,
    };
    if copies.any(ty, &is_async) {
        return Some("it has streams or futures".to_owned());
    }
    let foreign = |ty: &Type| {
        let Type::Id(id) = ty else { return false };
        let TypeDefKind::Handle(Handle::Borrow(resource)) = resolve.types[*id].kind else {
            return false;
        };
        let owner = resolve.types[defined(resolve, resource)].owner;
        let own = match owner {
            TypeOwner::Interface(id) => Some(WorldKey::Interface(id)),
            _ => None,
        };
        own.as_ref() != Some(callee)
    };
    // The callee drops borrowed handles, which would destroy the resource of another library.
    copies
        .any(ty, &foreign)
        .then(|| "it borrows a resource of another library".to_owned())
}

/// Whether two functions have the same types.
pub fn same_functions(resolve: &Resolve, a: &Function, b: &Function) -> bool {
    let same = |a: &Type, b: &Type| same(resolve, a, b);
    a.params.len() == b.params.len()
        && a.params
            .iter()
            .zip(&b.params)
            .all(|(a, b)| same(&a.ty, &b.ty))
        && match (&a.result, &b.result) {
            (Some(a), Some(b)) => same(a, b),
            (a, b) => a.is_none() && b.is_none(),
        }
}

/// Whether two types are the same, or have the same structure and names in two versions of a
/// package.
fn same(resolve: &Resolve, a: &Type, b: &Type) -> bool {
    let (Type::Id(a), Type::Id(b)) = (a, b) else {
        return a == b;
    };
    let (a, b) = (defined(resolve, *a), defined(resolve, *b));
    if a == b {
        return true;
    }
    let types = |a: &Type, b: &Type| same(resolve, a, b);
    let maybe = |a: &Option<Type>, b: &Option<Type>| match (a, b) {
        (Some(a), Some(b)) => types(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    use TypeDefKind as K;
    match (&resolve.types[a].kind, &resolve.types[b].kind) {
        (K::Type(a), K::Type(b)) | (K::List(a), K::List(b)) | (K::Option(a), K::Option(b)) => {
            types(a, b)
        }
        (K::Map(a, c), K::Map(b, d)) => types(a, b) && types(c, d),
        (K::FixedLengthList(a, n), K::FixedLengthList(b, m)) => n == m && types(a, b),
        (K::Tuple(a), K::Tuple(b)) => {
            a.types.len() == b.types.len() && a.types.iter().zip(&b.types).all(|(a, b)| types(a, b))
        }
        (K::Record(a), K::Record(b)) => {
            a.fields.len() == b.fields.len()
                && a.fields
                    .iter()
                    .zip(&b.fields)
                    .all(|(a, b)| a.name == b.name && types(&a.ty, &b.ty))
        }
        (K::Variant(a), K::Variant(b)) => {
            a.cases.len() == b.cases.len()
                && a.cases
                    .iter()
                    .zip(&b.cases)
                    .all(|(a, b)| a.name == b.name && maybe(&a.ty, &b.ty))
        }
        (K::Result(a), K::Result(b)) => maybe(&a.ok, &b.ok) && maybe(&a.err, &b.err),
        (K::Flags(a), K::Flags(b)) => a
            .flags
            .iter()
            .map(|f| &f.name)
            .eq(b.flags.iter().map(|f| &f.name)),
        (K::Enum(a), K::Enum(b)) => a
            .cases
            .iter()
            .map(|c| &c.name)
            .eq(b.cases.iter().map(|c| &c.name)),
        (K::Handle(Handle::Own(a)), K::Handle(Handle::Own(b)))
        | (K::Handle(Handle::Borrow(a)), K::Handle(Handle::Borrow(b))) => {
            types(&Type::Id(*a), &Type::Id(*b))
        }
        (K::Resource, K::Resource) => resolve.types[a].name == resolve.types[b].name,
        _ => false,
    }
}
