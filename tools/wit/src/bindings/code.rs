//! Turns generated code into the root of a crate.

/// The documentation and the attributes of the crate. The generator allows lints in its modules, but not
/// at the root, where the items of the world itself are. The name of a crate may have `__`.
pub(super) fn preamble(of: &str, label: Option<&str>) -> String {
    let from = match label {
        Some(label) => format!("//!\n//! Generated for `{}`.\n", doc_line(label)),
        None => String::new(),
    };
    format!(
        "//! Rust bindings of the WIT {}.\n{from}\n\
         #![allow(clippy::all, non_snake_case)]\n\n",
        doc_line(of)
    )
}

/// A text for a line of documentation: what would end the line, or what rustc rejects in comments, is
/// escaped.
pub(super) fn doc_line(text: &str) -> String {
    let is_bidi = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_control() || is_bidi(c) || matches!(c, '\u{2028}' | '\u{2029}') {
            true => out.extend(c.escape_default()),
            false => out.push(c),
        }
    }
    out
}

/// Whether a text is a Rust path, such as `some_crate::module` or `::some_crate`, and nothing else.
pub fn is_rust_path(text: &str) -> bool {
    let path = text.strip_prefix("::").unwrap_or(text);
    path.split("::").all(|part| {
        let part = part.strip_prefix("r#").unwrap_or(part);
        part.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    })
}

/// Parses the argument of an option: a Rust path, which becomes part of the generated code.
pub fn rust_path(text: &str) -> Result<String, String> {
    match is_rust_path(text) {
        true => Ok(text.to_owned()),
        false => Err("expected a Rust path such as `some_crate::module`".to_owned()),
    }
}

/// Parses the argument of an option: `NAME=PATH`.
pub fn with(text: &str) -> Result<String, String> {
    let (_, path) = text
        .split_once('=')
        .ok_or("expected `ns:package/interface@version=rust::path` or `...=generate`")?;
    rust_path(path)?;
    Ok(text.to_owned())
}

/// Disables the custom section with the component type: it would describe all interfaces of the package,
/// not a world.
pub(super) fn without_section(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    for line in code.lines() {
        if line.starts_with("pub static __WIT_BINDGEN_COMPONENT_TYPE") {
            out.push_str("#[cfg(any())]\n");
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// Turns the code of a module into the root of a crate: there, the macro that exports the world's own
/// functions is at the root already, and must not be imported again. The trait of maps, which functions
/// of the world call, is imported in modules only.
pub(super) fn as_crate_root(code: &str) -> String {
    let is_import = |l: &str| l.starts_with("pub use __export_world_") && l.ends_with("_cabi;");
    let mut out = String::with_capacity(code.len());
    let mut lines = code.lines().peekable();
    while let Some(line) = lines.next() {
        if line == "#[doc(hidden)]" && lines.next_if(|next| is_import(next)).is_some() {
            continue;
        }
        if !is_import(line) {
            out.push_str(line);
            out.push('\n');
        }
    }
    let is_trait = |l: &str| l.trim_start().starts_with("pub use ") && l.ends_with("::WitMap;");
    if code.lines().any(is_trait) {
        out.push_str("#[allow(unused_imports)]\nuse _rt::WitMap as _;\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{is_rust_path, preamble};

    #[test]
    fn every_character_stays_in_its_comment() {
        let more = [
            '\u{85}',
            '\u{e9}',
            '\u{202e}',
            '\u{2028}',
            '\u{2069}',
            '\u{1f980}',
        ];
        let plain = preamble("world `a:b/w`", Some("//a:ab"));
        for c in (0..=0x7f_u8).map(char::from).chain(more) {
            let text = preamble(
                "world `a:b/w`",
                Some(&format!("//a:a{c}b\nfn f() {{}}\n//")),
            );
            assert_eq!(text.lines().count(), plain.lines().count(), "{c:?}: {text}");
            let mut code = text
                .lines()
                .filter(|l| !l.starts_with("//!") && !l.is_empty());
            assert_eq!(
                code.next(),
                Some("#![allow(clippy::all, non_snake_case)]"),
                "{c:?}"
            );
            assert_eq!(code.next(), None, "{c:?}");
            let is_line = |l: &str| l.chars().all(|c| !c.is_control() && c != '\u{202e}');
            assert!(text.lines().all(is_line), "{c:?}: {text}");
        }
    }

    #[test]
    fn only_words_make_a_path() {
        for path in ["a", "::a", "a_1::b::r#type", "\u{e9}"] {
            assert!(is_rust_path(path), "{path}");
        }
        let more = ['\u{85}', '\u{202e}', '\u{2028}', '\u{1f980}'];
        for c in (0..=0x7f_u8).map(char::from).chain(more) {
            let is_word = c.is_ascii_alphanumeric() || c == '_';
            assert_eq!(is_rust_path(&format!("a{c}b")), is_word, "{c:?}");
            assert_eq!(
                is_rust_path(&format!("a::{c}")),
                is_word && !c.is_ascii_digit(),
                "{c:?}"
            );
        }
    }
}
