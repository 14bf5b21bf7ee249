//! Finds items of WIT whose names are not distinct, or not possible, in Rust.
//!
//! Without this, the generator panics, or rustc reports an error in generated code.

use super::crates::snake;
use rules_wit_common::Diagnostic;
use std::collections::BTreeMap;
use wit_parser::{
    Function, FunctionKind, InterfaceId, Resolve, Span, TypeDefKind, TypeId, WorldId, WorldItem,
};

/// The functions that wit-bindgen generates for each imported resource.
const OF_RESOURCES: &[&str] = &["from_handle", "take_handle", "handle"];

/// An item at fault: the interface or world, the name of the item, and where it is.
pub(super) struct Clash {
    /// The path of the item for messages, `ns:package/interface#name`, as in spans.
    pub path: String,
    /// Its span.
    pub span: Span,
    /// The error without a site and a target.
    pub diagnostic: Diagnostic,
}

/// The first item of the imports and exports of a world that has no name of its own in Rust.
///
/// Interfaces for which `is_elsewhere` is true are not generated.
pub(super) fn clash(
    resolve: &Resolve,
    world: WorldId,
    is_elsewhere: impl Fn(InterfaceId) -> bool,
) -> Option<Clash> {
    let world_name = &resolve.worlds[world].name;
    let package = resolve.worlds[world].package?;
    let sides = [
        (&resolve.worlds[world].imports, false),
        (&resolve.worlds[world].exports, true),
    ];
    for (items, is_export) in sides {
        let mut own = Items {
            resolve,
            parent: resolve.id_of_name(package, world_name),
            is_export: false,
            types: Vec::new(),
            functions: Vec::new(),
        };
        for (key, item) in items {
            match item {
                WorldItem::Interface { id, .. } if !is_elsewhere(*id) => {
                    let interface = &resolve.interfaces[*id];
                    let items = Items {
                        resolve,
                        parent: resolve
                            .id_of(*id)
                            .unwrap_or_else(|| resolve.name_world_key(key)),
                        is_export,
                        types: interface.types.values().copied().collect(),
                        functions: interface.functions.values().collect(),
                    };
                    if let Some(clash) = items.clash() {
                        return Some(clash);
                    }
                }
                WorldItem::Interface { .. } => {}
                WorldItem::Type { id, .. } => own.types.push(*id),
                WorldItem::Function(function) => own.functions.push(function),
            }
        }
        if let Some(clash) = own.clash() {
            return Some(clash);
        }
    }
    None
}

/// The types and functions of an interface, or of a world itself.
struct Items<'a> {
    resolve: &'a Resolve,
    parent: String,
    is_export: bool,
    types: Vec<TypeId>,
    functions: Vec<&'a Function>,
}

impl Items<'_> {
    fn clash(&self) -> Option<Clash> {
        self.types()
            .or_else(|| self.types.iter().find_map(|ty| self.cases(*ty)))
            .or_else(|| self.methods())
    }

    fn name(&self, ty: TypeId) -> &str {
        self.resolve.types[ty].name.as_deref().unwrap_or_default()
    }

    fn error(&self, ty: TypeId, title: &str, hint: &str) -> Clash {
        Clash {
            path: format!("{}#{}", self.parent, self.name(ty)),
            span: self.resolve.types[ty].span,
            diagnostic: Diagnostic::new(title).hint(hint),
        }
    }

    /// Types with the same name in Rust, or with that of a generated type.
    fn types(&self) -> Option<Clash> {
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        let resources = self.types.iter().filter(|ty| self.is_resource(**ty));
        for ty in resources.filter(|_| self.is_export) {
            let name = self.name(*ty);
            let camel = camel(name);
            if camel == "Guest" {
                let title = format!(
                    "the exported resource `{name}` of `{}` has the name of a generated trait",
                    self.parent
                );
                return Some(self.error(*ty, &title, "rename the resource"));
            }
            let what = format!("a type that is generated for the resource `{name}`");
            seen.insert(format!("Guest{camel}"), what.clone());
            seen.insert(format!("{camel}Borrow"), what);
        }
        for ty in &self.types {
            let name = self.name(*ty);
            let camel = camel(name);
            if camel == "Self" {
                let title = format!("type `{name}` of `{}` is a keyword in Rust", self.parent);
                return Some(self.error(*ty, &title, "rename the type"));
            }
            if let Some(other) = seen.get(&camel) {
                let title = format!(
                    "type `{name}` of `{}` has the same name in Rust as {other}: `{camel}`",
                    self.parent
                );
                return Some(self.error(*ty, &title, "rename one of them"));
            }
            seen.insert(camel, format!("`{name}`"));
        }
        None
    }

    fn is_resource(&self, ty: TypeId) -> bool {
        matches!(self.resolve.types[ty].kind, TypeDefKind::Resource)
    }

    /// Cases with the same name in Rust.
    fn cases(&self, ty: TypeId) -> Option<Clash> {
        let names: Vec<&str> = match &self.resolve.types[ty].kind {
            TypeDefKind::Variant(v) => v.cases.iter().map(|c| c.name.as_str()).collect(),
            TypeDefKind::Enum(e) => e.cases.iter().map(|c| c.name.as_str()).collect(),
            _ => return None,
        };
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        let item = format!("type `{}` of `{}`", self.name(ty), self.parent);
        for name in names {
            let camel = camel(name);
            if camel == "Self" {
                let title = format!("case `{name}` of {item} is a keyword in Rust");
                return Some(self.error(ty, &title, "rename the case"));
            }
            if let Some(other) = seen.insert(camel.clone(), name) {
                let title = format!(
                    "cases `{other}` and `{name}` of {item} have the same name in Rust: `{camel}`"
                );
                return Some(self.error(ty, &title, "rename one of them"));
            }
        }
        None
    }

    /// Methods with the same name in Rust, or with that of a generated one.
    fn methods(&self) -> Option<Clash> {
        let mut seen: BTreeMap<(Option<TypeId>, String), String> = BTreeMap::new();
        for function in &self.functions {
            let resource = match function.kind {
                FunctionKind::Method(ty)
                | FunctionKind::AsyncMethod(ty)
                | FunctionKind::Static(ty)
                | FunctionKind::AsyncStatic(ty)
                | FunctionKind::Constructor(ty) => Some(ty),
                FunctionKind::Freestanding | FunctionKind::AsyncFreestanding => None,
            };
            let name = function.item_name();
            let is_constructor = matches!(function.kind, FunctionKind::Constructor(_));
            let (shown, rust) = match is_constructor {
                true => ("the constructor".to_owned(), "new".to_owned()),
                false => (format!("`{name}`"), snake(name)),
            };
            let of = match resource {
                Some(ty) => format!("resource `{}` of `{}`", self.name(ty), self.parent),
                None => format!("`{}`", self.parent),
            };
            let error = |title: String, hint: &str| Clash {
                path: format!("{}#{}", self.parent, function.name),
                span: function.span,
                diagnostic: Diagnostic::new(title).hint(hint),
            };
            let is_taken = OF_RESOURCES.contains(&rust.as_str());
            if resource.is_some() && !self.is_export && is_taken {
                return Some(error(
                    format!("{shown} of {of} has the name of a function that is generated for each resource: `{rust}`"),
                    "rename the function",
                ));
            }
            if let Some(other) = seen.insert((resource, rust.clone()), shown.clone()) {
                return Some(error(
                    format!("{other} and {shown} of {of} have the same name in Rust: `{rust}`"),
                    "rename one of them",
                ));
            }
        }
        None
    }
}

/// The name of a type in Rust.
fn camel(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + &rest.to_lowercase()
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::clash;
    use wit_parser::Resolve;

    fn found(text: &str, world: &str) -> Option<String> {
        let mut resolve = Resolve::new();
        let text = format!("package t:a;\n{text}\nworld w {{ {world} }}");
        let package = resolve.push_str("a.wit", &text).expect("WIT");
        let world = resolve.packages[package].worlds["w"];
        let clash = clash(&resolve, world, |_| false)?;
        Some(format!("{}: {}", clash.path, clash.diagnostic.title()))
    }

    #[test]
    fn names_that_rust_has_already() {
        for (text, world, expected) in [
            ("interface i { record a-1 { x: u8 } enum a1 { x } }", "import i;",
             "t:a/i#a1: type `a1` of `t:a/i` has the same name in Rust as `a-1`: `A1`"),
            ("interface i { record self { x: u8 } }", "export i;",
             "t:a/i#self: type `self` of `t:a/i` is a keyword in Rust"),
            ("interface i { variant v { b, self(u8) } }", "import i;",
             "t:a/i#v: case `self` of type `v` of `t:a/i` is a keyword in Rust"),
            ("interface i { enum e { x-1, x1 } }", "import i;",
             "t:a/i#e: cases `x-1` and `x1` of type `e` of `t:a/i` have the same name in Rust: `X1`"),
            ("interface i { resource r { take-handle: func(); } }", "import i;",
             "t:a/i#[method]r.take-handle: `take-handle` of resource `r` of `t:a/i` has the name of a \
              function that is generated for each resource: `take_handle`"),
            ("interface i { resource r { constructor(); new: static func(); } }", "export i;",
             "t:a/i#[static]r.new: the constructor and `new` of resource `r` of `t:a/i` have the same \
              name in Rust: `new`"),
            ("interface i { resource r; record guest-r { x: u8 } }", "export i;",
             "t:a/i#guest-r: type `guest-r` of `t:a/i` has the same name in Rust as a type that is \
              generated for the resource `r`: `GuestR`"),
            ("interface i { resource guest; }", "export i;",
             "t:a/i#guest: the exported resource `guest` of `t:a/i` has the name of a generated trait"),
            ("", "resource r { handle: func(); } export f: func();",
             "t:a/w#[method]r.handle: `handle` of resource `r` of `t:a/w` has the name of a function \
              that is generated for each resource: `handle`"),
        ] {
            assert_eq!(found(text, world).as_deref(), Some(expected));
        }
    }

    #[test]
    fn names_that_rust_can_tell_apart() {
        for (text, world) in [
            ("interface i { resource guest; record guest-r { x: u8 } }", "import i;"),
            ("interface i { resource r { handle: func(); new: static func(); } }", "export i;"),
            ("interface i { flags f { self, a-1, a1 } record r { self: u8 } self: func(); }", "import i;"),
            ("interface i { resource r { new: func(); } resource s { constructor(); } new: func(); }", "import i;"),
        ] {
            assert_eq!(found(text, world), None, "{text}");
        }
    }
}
