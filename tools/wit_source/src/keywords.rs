//! The keywords of WIT.

/// The keywords of WIT. As a name, a keyword is written with `%` before it; `_` is never a name.
pub const KEYWORDS: &[&str] = &[
    "_",
    "as",
    "async",
    "bool",
    "borrow",
    "char",
    "constructor",
    "enum",
    "error-context",
    "export",
    "f32",
    "f64",
    "flags",
    "from",
    "func",
    "future",
    "import",
    "include",
    "interface",
    "list",
    "map",
    "option",
    "own",
    "package",
    "record",
    "resource",
    "result",
    "s16",
    "s32",
    "s64",
    "s8",
    "static",
    "stream",
    "string",
    "tuple",
    "type",
    "u16",
    "u32",
    "u64",
    "u8",
    "use",
    "variant",
    "with",
    "world",
];

/// Whether a word is a keyword.
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// The name, with `%` before it if it is a keyword.
pub fn escape(name: &str) -> String {
    match is_keyword(name) {
        true => format!("%{name}"),
        false => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wit_parser::UnresolvedPackageGroup;

    fn parses(name: &str) -> bool {
        let text = format!("package a:b;\ninterface i {{\n  {name}: func({name}: u8);\n}}\n");
        UnresolvedPackageGroup::parse("a.wit", &text).is_ok()
    }

    /// `wit_parser` rejects each keyword as a name, and takes it with `%`.
    #[test]
    fn the_parser_agrees() {
        for word in KEYWORDS {
            assert!(!parses(word), "{word} is a name");
            assert!(*word == "_" || parses(&escape(word)), "{word}");
        }
        for word in [
            "function", "union", "float32", "unit", "error", "self", "default",
        ] {
            assert!(parses(word) && escape(word) == word, "{word}");
        }
    }
}
