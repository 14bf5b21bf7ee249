//! Finds names that clash in a component.
//!
//! The names of one scope must differ in more than case and hyphens, and no method or static function
//! may have the name of its resource: "strongly-unique" in the component model's binary format
//! (<https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md>).

use super::fault::Fault;
use std::collections::HashMap;
use wit_parser::{
    Function, InterfaceId, PackageId, Resolve, Span, TypeDef, TypeDefKind, TypeOwner, WorldId,
    WorldItem, WorldKey,
};

/// The clashes in a package.
pub(super) fn clashes(resolve: &Resolve, package: PackageId) -> Vec<Fault> {
    let mut out = Vec::new();
    let package = &resolve.packages[package];
    // An encoded package exports its interfaces and worlds.
    let mut items = Scope::new(format!("package `{}`", package.name));
    for (name, id) in &package.interfaces {
        let span = resolve.interfaces[*id].span;
        items.insert(
            name.to_ascii_lowercase(),
            name,
            format!("interface `{name}`"),
            span,
            &mut out,
        );
        interface(resolve, *id, &mut out);
    }
    for (name, id) in &package.worlds {
        let span = resolve.worlds[*id].span;
        items.insert(
            name.to_ascii_lowercase(),
            name,
            format!("world `{name}`"),
            span,
            &mut out,
        );
        world(resolve, *id, &mut out);
    }
    out
}

/// The names of a scope.
struct Scope {
    /// The scope, for messages.
    within: String,
    /// What is known of each name, by its canonical form.
    names: HashMap<String, (String, Span)>,
}

impl Scope {
    fn new(within: String) -> Self {
        Scope {
            within,
            names: HashMap::new(),
        }
    }

    /// Adds a name, with the item for messages. Reports a clash with an earlier one.
    fn add(&mut self, name: &str, item: String, span: Span, out: &mut Vec<Fault>) {
        self.insert(canonical(name), name, item, span, out);
    }

    fn insert(&mut self, key: String, name: &str, item: String, span: Span, out: &mut Vec<Fault>) {
        let Some((other, other_span)) = self.names.insert(key, (item.clone(), span)) else {
            return;
        };
        let title = match item == other {
            true => format!("{item} is defined twice in {}", self.within),
            false => format!("{item} clashes with {other} in {}", self.within),
        };
        let hint = match item == other || !name.contains('.') {
            true => "rename one of them: names must differ in more than case and hyphens",
            false => "rename it: a function of a resource cannot have the name of the resource",
        };
        out.push(Fault {
            title,
            spans: vec![
                (span, String::new()),
                (other_span, "the other one".to_owned()),
            ],
            hint: hint.to_owned(),
        });
    }
}

/// The form of a name that is unique in a scope.
fn canonical(name: &str) -> String {
    let (annotation, plain) = match name.strip_prefix('[').and_then(|n| n.split_once(']')) {
        Some((annotation, plain)) => (annotation, plain),
        None => ("", name),
    };
    // A version is compared as it is.
    let (plain, version) = match plain.split_once('@') {
        Some((plain, version)) => (plain, format!("@{version}")),
        None => (plain, String::new()),
    };
    let letters = plain.chars().filter(|c| *c != '-');
    let lower: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    match lower.split_once('.') {
        Some((resource, function)) if resource == function => resource.to_owned(),
        _ if annotation == "constructor" => format!("[constructor]{lower}"),
        _ => lower + &version,
    }
}

fn interface(resolve: &Resolve, id: InterfaceId, out: &mut Vec<Fault>) {
    let interface = &resolve.interfaces[id];
    let within = match resolve.id_of(id) {
        Some(name) => format!("interface `{name}`"),
        None => "the inline interface".to_owned(),
    };
    let mut scope = Scope::new(within);
    for (name, ty) in &interface.types {
        let ty = &resolve.types[*ty];
        scope.add(name, format!("type `{name}`"), ty.span, out);
        if ty.owner == TypeOwner::Interface(id) {
            members(ty, out);
        }
    }
    for function in interface.functions.values() {
        add_function(&mut scope, function, out);
    }
}

fn add_function(scope: &mut Scope, function: &Function, out: &mut Vec<Fault>) {
    let plain = function
        .name
        .split_once(']')
        .map_or(&*function.name, |(_, name)| name);
    let item = format!("function `{plain}`");
    scope.add(&function.name, item, function.span, out);
    let mut params = Scope::new(format!("function `{plain}`"));
    for param in &function.params {
        params.add(
            &param.name,
            format!("parameter `{}`", param.name),
            param.span,
            out,
        );
    }
}

/// Adds the clashes between the members of a type.
fn members(ty: &TypeDef, out: &mut Vec<Fault>) {
    let name = ty.name.as_deref().unwrap_or_default();
    let (what, kind, members): (_, _, Vec<(&str, Span)>) = match &ty.kind {
        TypeDefKind::Record(record) => {
            let fields = record.fields.iter().map(|f| (f.name.as_str(), f.span));
            ("field", "record", fields.collect())
        }
        TypeDefKind::Variant(variant) => {
            let cases = variant.cases.iter().map(|c| (c.name.as_str(), c.span));
            ("case", "variant", cases.collect())
        }
        TypeDefKind::Enum(cases) => {
            let cases = cases.cases.iter().map(|c| (c.name.as_str(), c.span));
            ("case", "enum", cases.collect())
        }
        TypeDefKind::Flags(flags) => {
            let flags = flags.flags.iter().map(|f| (f.name.as_str(), f.span));
            ("flag", "flags", flags.collect())
        }
        _ => return,
    };
    let mut scope = Scope::new(format!("{kind} `{name}`"));
    for (member, span) in members {
        scope.add(member, format!("{what} `{member}`"), span, out);
    }
}

fn world(resolve: &Resolve, id: WorldId, out: &mut Vec<Fault>) {
    let world = &resolve.worlds[id];
    for (what, items) in [("imports", &world.imports), ("exports", &world.exports)] {
        let mut scope = Scope::new(format!("the {what} of world `{}`", world.name));
        for (key, item) in items {
            let name = resolve.name_world_key(key);
            match item {
                WorldItem::Function(function) => add_function(&mut scope, function, out),
                WorldItem::Type { id: ty, span } => {
                    let ty = &resolve.types[*ty];
                    scope.add(&name, format!("type `{name}`"), *span, out);
                    if ty.owner == TypeOwner::World(id) {
                        members(ty, out);
                    }
                }
                WorldItem::Interface { id, span, .. } => {
                    let span = match span.is_known() {
                        true => *span,
                        false => resolve.interfaces[*id].span,
                    };
                    scope.add(&name, format!("interface `{name}`"), span, out);
                    if let WorldKey::Name(_) = key {
                        if resolve.interfaces[*id].name.is_none() {
                            interface(resolve, *id, out);
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn names_that_differ_in_case_and_hyphens_are_one() {
        for (a, b, is_one) in [
            ("a", "A", true),
            ("x1-10", "x11-0", true),
            ("a-b", "ab", true),
            ("a", "b", false),
            ("r", "[method]r.r", true),
            ("r", "[static]r-s.rs", false),
            ("rs", "[static]r-s.rs", true),
            ("r", "[constructor]r", false),
            ("[method]r.f", "[static]r.f", true),
            ("a:b/c-d@1.0.0-x", "a:b/cd@1.0.0-x", true),
            ("a:b/c@1.0.0-x", "a:b/c@1.0.0x", false),
        ] {
            assert_eq!(canonical(a) == canonical(b), is_one, "{a} {b}");
        }
    }
}
