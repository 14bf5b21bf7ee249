//! Finds what bindings without async support cannot represent.
//!
//! Without this, the compiler reports errors in generated code.

use super::rust_names::Clash;
use rules_wit_common::Diagnostic;
use wit_parser::{
    Function, InterfaceId, LiveTypes, Resolve, Type, TypeDefKind, TypeId, WorldId, WorldItem,
};

/// Why async functions are refused.
pub(super) struct Refusal {
    /// The reason, which follows "but".
    pub reason: &'static str,
    /// What to do instead.
    pub hint: &'static str,
}

/// The first function of a world that is async, or that passes futures or streams.
///
/// Interfaces for which `is_elsewhere` is true are not generated.
pub(super) fn first(
    resolve: &Resolve,
    world: WorldId,
    is_elsewhere: impl Fn(InterfaceId) -> bool,
    refusal: &Refusal,
) -> Option<Clash> {
    let check = |parent: &str, function: &Function| check(resolve, parent, function, refusal);
    let items = &resolve.worlds[world];
    let world_name = resolve.id_of_name(items.package?, &items.name);
    for (key, item) in items.imports.iter().chain(&items.exports) {
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
    None
}

fn check(resolve: &Resolve, parent: &str, function: &Function, refusal: &Refusal) -> Option<Clash> {
    let what = match function.kind.is_async() {
        true => "is async",
        false => passed(resolve, function)?,
    };
    let title = format!(
        "the function `{}` of `{parent}` {what}, but {}",
        function.name, refusal.reason
    );
    Some(Clash {
        path: format!("{parent}#{}", function.name),
        span: function.span,
        diagnostic: Diagnostic::new(title).hint(refusal.hint),
    })
}

fn passed(resolve: &Resolve, function: &Function) -> Option<&'static str> {
    let mut live = LiveTypes::default();
    live.add_func(resolve, function);
    let types = function
        .params
        .iter()
        .map(|param| param.ty)
        .chain(function.result);
    if types.clone().any(|ty| ty == Type::ErrorContext) {
        return Some("passes an error context");
    }
    let ids: Vec<TypeId> = live.iter().collect();
    ids.into_iter().find_map(|id| kind(resolve, id))
}

fn kind(resolve: &Resolve, id: TypeId) -> Option<&'static str> {
    match resolve.types[id].kind {
        TypeDefKind::Future(_) => Some("passes a future"),
        TypeDefKind::Stream(_) => Some("passes a stream"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{first, Refusal};
    use wit_parser::Resolve;

    #[test]
    fn async_items() {
        for (text, expected) in [
            ("f: func() -> u32;", None),
            ("g: async func();", Some("t:a/i#g is async")),
            (
                "resource r { m: async func(); }",
                Some("t:a/i#[method]r.m is async"),
            ),
            (
                "f: func(x: list<stream<u8>>);",
                Some("t:a/i#f passes a stream"),
            ),
            (
                "record r { x: future<u8> } f: func() -> option<r>;",
                Some("t:a/i#f passes a future"),
            ),
            (
                "f: func(e: error-context);",
                Some("t:a/i#f passes an error context"),
            ),
        ] {
            let mut resolve = Resolve::new();
            let source = format!("package t:a;\ninterface i {{ {text} }}\nworld w {{ import i; }}");
            let package = resolve.push_str("a.wit", &source).expect("WIT");
            let world = resolve.packages[package].worlds["w"];
            let refusal = Refusal {
                reason: "",
                hint: "",
            };
            let found = first(&resolve, world, |_| false, &refusal).map(|clash| {
                let title = clash.diagnostic.title().to_owned();
                let (_, rest) = title.split_once("of `t:a/i` ").expect("the interface");
                let (what, _) = rest.split_once(',').expect("the cause");
                format!("{} {what}", clash.path)
            });
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
