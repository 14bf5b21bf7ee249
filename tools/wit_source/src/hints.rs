//! Hints for errors of the parser.

use crate::comments::blank;
use std::ops::Range;
use wit_parser::ParseErrorKind;

/// How to fix an error with this title at a range of a text, if that is known.
pub(crate) fn of(
    error: &ParseErrorKind,
    title: &str,
    text: &str,
    at: &Range<usize>,
) -> Option<String> {
    if let ParseErrorKind::ItemNotFound { name, kind, .. } = error {
        return Some(not_found(name, kind));
    }
    if title.starts_with("name `") && title.ends_with("is defined more than once") {
        return Some("rename one of them: types and functions share their names".to_owned());
    }
    if title.starts_with("invalid character in identifier") {
        return Some("write names in kebab case, such as `a-name`".to_owned());
    }
    if let Some(name) = keyword(title, text, at) {
        return Some(format!("write `%{name}`: `{name}` is a keyword"));
    }
    // `use a:b/c.{d};` outside of any block.
    let before = &text[..at.start.min(text.len())];
    let line = before.rsplit(['\n', ';', '}']).next().unwrap_or(before);
    if line.trim_start().starts_with("use ") && title.contains("found '.'") {
        return Some(
            "names in braces are not allowed here: move this `use` into each interface or world that needs it"
                .to_owned(),
        );
    }
    None
}

fn not_found(name: &str, kind: &str) -> String {
    match name {
        "float32" => "it is called `f32` now; `wit fix` replaces it".to_owned(),
        "float64" => "it is called `f64` now; `wit fix` replaces it".to_owned(),
        "unit" => "`unit` no longer exists: leave the type out".to_owned(),
        _ if kind == "interface or world" => {
            "define it in this package, or write the full name: `ns:package/interface@version`"
                .to_owned()
        }
        _ => {
            format!("define `{name}` here, or add a `use` of it from the interface that defines it")
        }
    }
}

/// The keyword that stands at or before `at` in place of a name.
fn keyword<'t>(title: &'t str, text: &'t str, at: &Range<usize>) -> Option<&'t str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if let Some((_, found)) = title.split_once("found keyword `") {
        let word = found.trim_end_matches('`');
        // Before a colon, there is always a name.
        let after = text.get(at.end..)?.trim_start();
        let is_name =
            title.starts_with("expected an identifier or string") || after.starts_with(':');
        return Some(word).filter(|w| *w != "_" && is_name);
    }
    // `x: map`, where `map` is a type of its own.
    if title.starts_with("expected '<'") {
        let before = text.get(..at.start)?.trim_end();
        let word = &before[before.trim_end_matches(is_word).len()..];
        let escaped = format!("%{word}");
        let code = blank(text);
        let mut uses = code.match_indices(&escaped);
        let is_own = uses.any(|(i, _)| !code[i + escaped.len()..].starts_with(is_word));
        return Some(word).filter(|w| !w.is_empty() && is_own);
    }
    None
}

/// The first definition of a name in the interface or world around an offset, which defines it again.
pub(crate) fn first_definition(text: &str, name: &str, again: usize) -> Option<Range<usize>> {
    let code = blank(text);
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut depth = 0_usize;
    let open = code.get(..again)?.char_indices().rev().find(|(_, c)| {
        match c {
            '}' => depth += 1,
            '{' if depth == 0 => return true,
            '{' => depth -= 1,
            _ => {}
        }
        false
    });
    let start = open.map_or(0, |(i, _)| i + 1);
    let mut found = code[start..again]
        .match_indices(name)
        .map(|(i, _)| start + i);
    let at = found.find(|i| {
        let before = code[..*i].trim_end_matches('%');
        let after = &code[*i + name.len()..];
        let is_whole = !before.ends_with(is_word) && !after.starts_with(is_word);
        let is_inside = || {
            let nested = code[start..*i].matches('{').count();
            nested == code[start..*i].matches('}').count()
        };
        let is_used = before
            .rsplit_once("use ")
            .is_some_and(|(_, names)| names.contains('{') && !names.contains([';', '}']));
        let words = before.trim_end();
        let is_type = ["type", "record", "variant", "enum", "flags", "resource"]
            .iter()
            .any(|keyword| words.ends_with(keyword) && before.len() > words.len());
        let is_statement = words.ends_with([';', '{', '}']) && after.trim_start().starts_with(':');
        is_whole && (is_used || ((is_type || is_statement) && is_inside()))
    })?;
    Some(at..at + name.len())
}

#[cfg(test)]
mod tests {
    use super::first_definition;

    #[test]
    fn first_definitions() {
        for (text, expected) in [
            ("interface i { type x = u8; x", Some(19)),
            ("interface i { use a.{b, x}; f: func(x: u8); x", Some(24)),
            ("interface i { x: func(x: u8); record x", Some(14)),
            (
                "interface i { record y { x: u8 } xs: func(); enum x { x } x",
                Some(50),
            ),
            ("interface h { x: func(); } interface i { x", None),
        ] {
            let found = first_definition(text, "x", text.len() - 1);
            assert_eq!(found.map(|r| r.start), expected, "{text}");
        }
    }
}
