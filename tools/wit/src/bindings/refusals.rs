//! Finds functions that bindings cannot represent.
//!
//! Without this, the compiler reports errors in generated code, or the generator panics.

use super::rust_names::Clash;
use rules_wit_common::Diagnostic;
use wit_parser::abi::{AbiVariant, FlatTypes, WasmType};
use wit_parser::{
    Function, Handle, InterfaceId, LiveTypes, Resolve, Type, TypeDefKind, WorldId, WorldItem,
};

/// Why functions are refused.
pub(super) struct Refusal {
    /// What is refused of a function, which is an export or not: a phrase after its name.
    pub of: fn(&Resolve, &Function, bool) -> Option<&'static str>,
    /// The reason, which follows "but".
    pub reason: &'static str,
    /// What to do instead.
    pub hint: &'static str,
}

/// The first function of a world that is refused.
///
/// Interfaces for which `is_elsewhere` is true are not generated.
pub(super) fn first(
    resolve: &Resolve,
    world: WorldId,
    is_elsewhere: impl Fn(InterfaceId) -> bool,
    refusal: &Refusal,
) -> Option<Clash> {
    let items = &resolve.worlds[world];
    let world_name = resolve.id_of_name(items.package?, &items.name);
    for (items, is_export) in [(&items.imports, false), (&items.exports, true)] {
        let check = |parent: &str, function: &Function| {
            let what = (refusal.of)(resolve, function, is_export)?;
            Some(clash(parent, function, what, refusal))
        };
        for (key, item) in items {
            let found = match item {
                WorldItem::Interface { id, .. } if !is_elsewhere(*id) => {
                    let parent = resolve.id_of(*id);
                    let parent = parent.unwrap_or_else(|| resolve.name_world_key(key));
                    let mut functions = resolve.interfaces[*id].functions.values();
                    functions.find_map(|function| check(&parent, function))
                }
                WorldItem::Function(function) => check(&world_name, function),
                WorldItem::Interface { .. } | WorldItem::Type { .. } => None,
            };
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

fn clash(parent: &str, function: &Function, what: &str, refusal: &Refusal) -> Clash {
    let title = format!(
        "the function `{}` of `{parent}` {what}, but {}",
        function.name, refusal.reason
    );
    Clash {
        path: format!("{parent}#{}", function.name),
        span: function.span,
        diagnostic: Diagnostic::new(title).hint(refusal.hint),
    }
}

/// What requires async support.
pub(super) fn of_async(resolve: &Resolve, function: &Function, _: bool) -> Option<&'static str> {
    if function.kind.is_async() {
        return Some("is async");
    }
    let types = params(function).chain(&function.result);
    find(resolve, types, |ty| match kind(resolve, ty) {
        _ if *ty == Type::ErrorContext => Some("passes an error context"),
        Some(TypeDefKind::Future(_)) => Some("passes a future"),
        Some(TypeDefKind::Stream(_)) => Some("passes a stream"),
        _ => None,
    })
}

/// What makes the generator panic.
pub(super) fn of_panics(
    resolve: &Resolve,
    function: &Function,
    is_export: bool,
) -> Option<&'static str> {
    match (is_export, function.kind.is_async()) {
        (true, false) => find(resolve, &function.result, |ty| {
            (*ty == Type::ErrorContext).then_some("returns an error context")
        }),
        (false, true) => find(resolve, params(function), |ty| {
            let is_list = matches!(kind(resolve, ty), Some(TypeDefKind::FixedLengthList(..)));
            is_list.then_some("is async with a fixed-length list as a parameter")
        }),
        _ => None,
    }
}

/// What rustc rejects in the generated code: it moves single elements out of fixed-length lists that are
/// passed as core values.
pub(super) fn of_moved_elements(
    resolve: &Resolve,
    function: &Function,
    is_export: bool,
) -> Option<&'static str> {
    let signature = |variant| resolve.wasm_signature(variant, function);
    let is_direct = match (is_export, function.kind.is_async()) {
        (false, false) => !signature(AbiVariant::GuestImport).indirect_params,
        (true, false) => !signature(AbiVariant::GuestExport).retptr,
        // A parameter makes the generator panic.
        (false, true) => false,
        (true, true) => function.result.is_some_and(|ty| {
            let mut storage = [WasmType::I32; Resolve::MAX_FLAT_PARAMS];
            resolve.push_flat(&ty, &mut FlatTypes::new(&mut storage))
        }),
    };
    if !is_direct {
        return None;
    }
    let is_moved = |ty: &Type| {
        let is_string = matches!(ty, Type::String | Type::ErrorContext);
        let moved = is_string || kind(resolve, ty).is_some_and(is_moved_kind);
        moved.then_some("passes a fixed-length list of strings, lists or handles")
    };
    let of = |ty: &Type| match kind(resolve, ty) {
        Some(TypeDefKind::FixedLengthList(element, _)) => find(resolve, [element], is_moved),
        _ => None,
    };
    match is_export {
        false => find(resolve, params(function), of),
        true => find(resolve, &function.result, of),
    }
}

/// Whether a type has no `Copy` in Rust, whatever it consists of.
fn is_moved_kind(kind: &TypeDefKind) -> bool {
    matches!(
        kind,
        TypeDefKind::List(_)
            | TypeDefKind::Map(..)
            | TypeDefKind::Handle(Handle::Own(_))
            | TypeDefKind::Future(_)
            | TypeDefKind::Stream(_)
    )
}

fn params(function: &Function) -> impl Iterator<Item = &Type> {
    function.params.iter().map(|param| &param.ty)
}

fn kind<'a>(resolve: &'a Resolve, ty: &Type) -> Option<&'a TypeDefKind> {
    match ty {
        Type::Id(id) => Some(&resolve.types[*id].kind),
        _ => None,
    }
}

/// The first result of `of` for some types and those that they consist of.
fn find<'a, T>(
    resolve: &'a Resolve,
    types: impl IntoIterator<Item = &'a Type>,
    of: impl Fn(&Type) -> Option<T>,
) -> Option<T> {
    let mut live = LiveTypes::default();
    let direct = types.into_iter().find_map(|ty| {
        live.add_type(resolve, ty);
        of(ty)
    });
    direct.or_else(|| {
        let mut kinds = live.iter().map(|id| &resolve.types[id].kind);
        kinds.find_map(|kind| parts(kind).into_iter().find_map(&of))
    })
}

/// The types that a type consists of.
fn parts(kind: &TypeDefKind) -> Vec<&Type> {
    match kind {
        TypeDefKind::Record(record) => record.fields.iter().map(|field| &field.ty).collect(),
        TypeDefKind::Tuple(tuple) => tuple.types.iter().collect(),
        TypeDefKind::Variant(variant) => variant.cases.iter().flat_map(|case| &case.ty).collect(),
        TypeDefKind::Result(result) => result.ok.iter().chain(&result.err).collect(),
        TypeDefKind::Map(key, value) => vec![key, value],
        TypeDefKind::Future(ty) | TypeDefKind::Stream(ty) => ty.iter().collect(),
        TypeDefKind::Option(ty)
        | TypeDefKind::List(ty)
        | TypeDefKind::FixedLengthList(ty, _)
        | TypeDefKind::Type(ty) => vec![ty],
        TypeDefKind::Resource
        | TypeDefKind::Handle(_)
        | TypeDefKind::Flags(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Unknown => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{first, of_async, of_panics, Refusal};
    use wit_parser::Resolve;

    #[test]
    fn refused_functions() {
        for (text, expected, panics) in [
            ("f: func() -> u32;", None, None),
            ("g: async func();", Some("g is async"), None),
            (
                "resource r { m: async func(); }",
                Some("[method]r.m is async"),
                None,
            ),
            (
                "f: func(x: list<stream<u8>>);",
                Some("f passes a stream"),
                None,
            ),
            (
                "record r { x: future<u8> } f: func() -> option<r>;",
                Some("f passes a future"),
                None,
            ),
            (
                "record r { x: error-context } f: func() -> r; g: func(e: error-context);",
                Some("f passes an error context"),
                Some("f returns an error context"),
            ),
            (
                "f: func(x: error-context) -> list<u8, 4>;",
                Some("f passes an error context"),
                None,
            ),
            (
                "f: func(x: list<u8, 4>); g: async func(x: option<list<u8, 4>>);",
                Some("g is async"),
                Some("g is async with a fixed-length list as a parameter"),
            ),
        ] {
            let mut resolve = Resolve::new();
            let source = format!(
                "package t:a;\ninterface i {{ {text} }}\nworld w {{ import i; export i; }}"
            );
            let package = resolve.push_str("a.wit", &source).expect("WIT");
            let world = resolve.packages[package].worlds["w"];
            for (of, expected) in [
                (of_async as fn(&_, &_, _) -> _, expected),
                (of_panics, panics),
            ] {
                let refusal = Refusal {
                    of,
                    reason: "",
                    hint: "",
                };
                let found = first(&resolve, world, |_| false, &refusal).map(|clash| {
                    let title = clash.diagnostic.title().to_owned();
                    let (_, rest) = title.split_once("of `t:a/i` ").expect("the interface");
                    let (what, _) = rest.split_once(',').expect("the cause");
                    let name = clash.path.strip_prefix("t:a/i#").expect("the path");
                    format!("{name} {what}")
                });
                assert_eq!(found.as_deref(), expected, "{text}");
            }
        }
    }
}
