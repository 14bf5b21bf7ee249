//! Renames parameters that generated code would hide.
//!
//! wit-bindgen calls parameters as WIT does, and declares locals such as `len0` beside them. Where both
//! have one name, the code takes the local for the parameter: it passes a wrong value or does not
//! compile. Users pass parameters by position, so other names change nothing for them.

use super::crates::snake;
use std::collections::BTreeSet;
use std::ops::Range;
use wit_parser::{Function, Resolve, WorldItem};

/// The names that are both a parameter and a local of a function of generated code.
pub(super) fn hidden(code: &str) -> BTreeSet<&str> {
    let mut out = BTreeSet::new();
    for (at, _) in code.match_indices("fn ") {
        let before = code[..at].trim_end();
        let is_public = ["pub", "async", "unsafe"]
            .iter()
            .any(|w| before.ends_with(w));
        if let (true, Some((params, body))) = (is_public, function(&code[at..])) {
            let locals = locals(body);
            out.extend(labels(params).into_iter().filter(|l| locals.contains(l)));
        }
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The parameters and the body of a function at the start of `code`.
fn function(code: &str) -> Option<(&str, &str)> {
    let open = code.find('(')?;
    let close = open + closing(&code[open..])?;
    let rest = &code[close..];
    // The result type may be an array.
    let mut depth = 0_usize;
    let start = rest.char_indices().find(|(_, c)| {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && matches!(c, '{' | ';')
    })?;
    let body = rest[start.0..]
        .strip_prefix('{')
        .and(Some(&rest[start.0..]))?;
    Some((&code[open + 1..close], &body[..closing(body)?]))
}

/// The offset of the bracket that closes the one at the start of `code`.
pub(super) fn closing(code: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let end = code.char_indices().find(|(_, c)| {
        match c {
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    });
    Some(end?.0)
}

/// The names of parameters: the words before single colons.
fn labels(params: &str) -> Vec<&str> {
    let colons = params
        .match_indices(':')
        .filter(|(i, _)| !params[..*i].ends_with(':') && !params[i + 1..].starts_with(':'));
    let labels = colons.map(|(i, _)| {
        let before = params[..i].trim_end();
        &before[before.trim_end_matches(is_word).len()..]
    });
    labels.filter(|l| !l.is_empty()).collect()
}

/// The names that `let` binds, and those of imported functions.
fn locals(body: &str) -> BTreeSet<&str> {
    let mut out = BTreeSet::new();
    for (at, _) in body.match_indices("let ") {
        if body[..at].ends_with(is_word) {
            continue;
        }
        let pattern = &body[at + 4..];
        let end = pattern.find(['=', ';']).unwrap_or(pattern.len());
        let words = pattern[..end].split(|c| !is_word(c));
        out.extend(words.filter(|w| !w.is_empty()));
    }
    for (at, _) in body.match_indices("fn wit_import") {
        let name = &body[at + 3..];
        out.insert(&name[..name.find(|c| !is_word(c)).unwrap_or(name.len())]);
    }
    out
}

/// Renames all parameters with these names in Rust. Returns whether there are any.
pub(super) fn rename(resolve: &mut Resolve, hidden: &BTreeSet<&str>) -> bool {
    let mut is_changed = false;
    for (_, interface) in resolve.interfaces.iter_mut() {
        for function in interface.functions.values_mut() {
            is_changed |= rename_in(function, hidden);
        }
    }
    for (_, world) in resolve.worlds.iter_mut() {
        for item in world.imports.values_mut().chain(world.exports.values_mut()) {
            if let WorldItem::Function(function) = item {
                is_changed |= rename_in(function, hidden);
            }
        }
    }
    is_changed
}

fn rename_in(function: &mut Function, hidden: &BTreeSet<&str>) -> bool {
    let mut is_changed = false;
    for i in 0..function.params.len() {
        let mut name = function.params[i].name.clone();
        while hidden.contains(snake(&name).as_str()) {
            name.push_str("-arg");
            while function.params.iter().any(|p| p.name == name) {
                name.push_str("-arg");
            }
        }
        is_changed |= name != function.params[i].name;
        function.params[i].name = name;
    }
    is_changed
}

/// `code` with the custom sections of `original`: the type of the component has the parameters' names
/// in WIT. `None` if their numbers differ.
pub(super) fn with_sections_of(code: &str, original: &str) -> Option<String> {
    let (new, old) = (sections(code), sections(original));
    if new.len() != old.len() {
        return None;
    }
    let mut out = String::with_capacity(code.len());
    let mut at = 0;
    for (new, old) in new.into_iter().zip(old) {
        out.push_str(&code[at..new.start]);
        out.push_str(&original[old]);
        at = new.end;
    }
    out.push_str(&code[at..]);
    Some(out)
}

/// The declarations of custom sections with the type of the component.
fn sections(code: &str) -> Vec<Range<usize>> {
    const NAME: &str = "__WIT_BINDGEN_COMPONENT_TYPE";
    let declared = code.match_indices(NAME).filter_map(|(at, _)| {
        let start = at + NAME.len();
        let is_declaration = code[start..].trim_start().starts_with(':');
        let mut ends = code[start..].match_indices("\";").map(|(i, _)| start + i);
        let end = ends.find(|i| !code[..*i].ends_with('\\'))?;
        is_declaration.then_some(start..end)
    });
    declared.collect()
}

#[cfg(test)]
mod tests {
    use super::{hidden, rename, with_sections_of};
    use wit_parser::Resolve;

    #[test]
    fn hidden_parameters() {
        let code = "pub fn f(a: &[x::Y], b0: u8, c: ::core::D<e>, f1: u8, t0_0: u8, x: u8, z: u8, \
             wit_import3: u8,) -> [u8; 2] {\n let b0 = a;\n let mut c = vec![];\n \
             let d::E { f: f1, g } = a; let (t0_0, t0_1) = a; outlet z = 1;\n fn wit_import3(_: i32); }\n\
             pub trait T { async fn g(x: u8); }\nfn h(x: u8) { let x = 1; }\n\
             impl R {\n pub unsafe fn i(y: u8) {} }\nfn j() { let a = 1; let y = 2; }";
        let found: Vec<&str> = hidden(code).into_iter().collect();
        assert_eq!(found, ["b0", "c", "f1", "t0_0", "wit_import3"]);
    }

    #[test]
    fn renamed_parameters() {
        let text = "package a:b;\ninterface i {\n resource r { m: func(len0: u8); }\n \
             f: func(len0: u8, len0-arg: u8, x: u8, t0-0: u8);\n}\nworld w { import g: func(len0: u8); \
             export g: func(x: u8); }";
        let mut resolve = Resolve::new();
        resolve.push_str("a.wit", text).expect("WIT");
        let names = ["len0", "t0_0"].into();
        assert!(rename(&mut resolve, &names));
        let interface = resolve.interfaces.iter().next().expect("an interface").1;
        let params = |f: &str| -> Vec<String> {
            let params = interface.functions[f].params.iter();
            params.map(|p| p.name.clone()).collect()
        };
        assert_eq!(params("f"), ["len0-arg-arg", "len0-arg", "x", "t0-0-arg"]);
        assert_eq!(params("[method]r.m"), ["self", "len0-arg"]);
        assert!(!rename(&mut resolve, &names));
    }

    #[test]
    fn the_custom_sections_are_those_of_the_first() {
        let code = |section: &str| {
            format!(
                "fn f() {{ &__WIT_BINDGEN_COMPONENT_TYPE; }}\nm!{{ static __WIT_BINDGEN_COMPONENT_TYPE : [u8; 1] = *\n \
                 b\"\\\n{section}\";}}\npub static __WIT_BINDGEN_COMPONENT_TYPE: [u8; 1] = *b\"\\\n{section}\";\n"
            )
        };
        let swapped = with_sections_of(&code("a"), &code("b\\\";c"));
        assert_eq!(swapped, Some(code("b\\\";c")));
        assert_eq!(with_sections_of("a", "b").as_deref(), Some("a"));
        assert_eq!(with_sections_of("a", &code("b")), None);
    }
}
