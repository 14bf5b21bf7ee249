//! The exported functions of a component.

use crate::host::Program;
use crate::types::Function;
use rules_wit_common::{Diagnostic, Failure, Result};
use wasmtime::component::types::{ComponentFunc, ComponentItem};

/// The most functions that an error lists.
const MAX_LISTED: usize = 20;

/// Returns all exported functions, in the order of the component.
pub fn functions(program: &Program) -> Vec<Function> {
    let component = &program.component;
    let engine = component.engine();
    let mut found = Vec::new();
    let mut add = |interface: Option<&str>, name: &str, ty: ComponentFunc, index| {
        found.push(Function {
            interface: interface.map(str::to_owned),
            name: name.to_owned(),
            ty,
            index,
        });
    };
    for (name, item) in component.component_type().exports(engine) {
        match item.ty {
            ComponentItem::ComponentFunc(ty) => {
                if let Some(index) = component.get_export_index(None, name) {
                    add(None, name, ty, index);
                }
            }
            ComponentItem::ComponentInstance(instance) => {
                let Some(parent) = component.get_export_index(None, name) else {
                    continue;
                };
                for (func, item) in instance.exports(engine) {
                    let ComponentItem::ComponentFunc(ty) = item.ty else {
                        continue;
                    };
                    if let Some(index) = component.get_export_index(Some(&parent), func) {
                        add(Some(name), func, ty, index);
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// Finds a function by its full name, by its bare name if that is unique, or by `iface#func`, where
/// `iface` may leave out the version and the package.
///
/// Errors: no such function, with the most similar names first, and an ambiguous name.
pub fn find<'a>(functions: &'a [Function], wanted: &str, component: &str) -> Result<&'a Function> {
    if let Some(exact) = functions.iter().find(|f| f.full_name() == wanted) {
        return Ok(exact);
    }
    let (interface, name) = match wanted.rsplit_once('#') {
        Some((interface, name)) => (Some(interface), name),
        None => (None, wanted),
    };
    let matching: Vec<&Function> = functions
        .iter()
        .filter(|f| f.name == name && interface.is_none_or(|i| is_named(f, i)))
        .collect();
    match matching.as_slice() {
        [one] => Ok(one),
        [] => Err(unknown(functions, wanted, name, component)),
        [first, ..] => Err(Diagnostic::new(format!(
            "`{wanted}` is ambiguous: {} interfaces of `{component}` export it",
            matching.len()
        ))
        .note(list("functions with this name", matching.iter().copied()))
        .hint(format!("write the full name: `{}(...)`", first.full_name()))
        .into()),
    }
}

/// Whether `given` is the interface of `f`: its full name, with or without version, or its last part.
fn is_named(f: &Function, given: &str) -> bool {
    let Some(full) = f.interface.as_deref() else {
        return false;
    };
    let (name, version) = match full.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (full, None),
    };
    let short = name.rsplit('/').next().unwrap_or(name);
    match given.split_once('@') {
        Some((g, v)) => Some(v) == version && (g == name || g == short),
        None => given == name || given == short,
    }
}

fn unknown(functions: &[Function], wanted: &str, name: &str, component: &str) -> Failure {
    let error = Diagnostic::new(format!("`{component}` exports no function `{wanted}`"));
    if functions.is_empty() {
        return error
            .hint("the component exports no functions: add an `export` to its world")
            .into();
    }
    let mut near: Vec<&Function> = functions.iter().collect();
    // The sort is stable: equally similar names stay in the order of the component.
    near.sort_by_key(|f| (distance(&f.name, name), distance(&f.full_name(), wanted)));
    let nearest = near[0].full_name();
    error
        .note(list("it exports", near.into_iter()))
        .hint(format!("did you mean `{nearest}`?"))
        .into()
}

fn list<'a>(what: &str, functions: impl ExactSizeIterator<Item = &'a Function>) -> String {
    let count = functions.len();
    let mut text = format!("{what}:");
    for f in functions.take(MAX_LISTED) {
        text.push_str("\n  ");
        text.push_str(&f.signature());
    }
    if count > MAX_LISTED {
        text.push_str(&format!("\n  and {} more", count - MAX_LISTED));
    }
    text
}

/// The edit distance of two names, over at most their first 100 characters.
fn distance(a: &str, b: &str) -> usize {
    let cut = |name: &str| name.chars().take(100).collect::<String>();
    strsim::levenshtein(&cut(a), &cut(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, d) in [
            ("", "", 0),
            ("a", "", 1),
            ("kitten", "sitting", 3),
            ("ab", "ba", 2),
        ] {
            assert_eq!(distance(a, b), d, "{a} {b}");
            assert_eq!(distance(b, a), d, "{b} {a}");
        }
    }
}
