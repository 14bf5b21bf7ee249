//! Recognises WIT of 2022 and 2023.

use super::code::Code;
use super::lex::Kind;
use super::outline::Outline;

impl Outline {
    /// Whether the file, whose text is `text`, has forms of 2022 and 2023.
    pub fn is_old(&self, text: &str) -> bool {
        // Within a line, a missing semicolon is a mistake.
        let is_line_end = |offset: &usize| {
            let rest = text[*offset..].trim_start_matches([' ', '\t', '\r']);
            rest.starts_with('\n') || rest.starts_with("//")
        };
        if self.top.stray.is_some() || self.missing_semicolons.iter().any(is_line_end) {
            return true;
        }
        let mut scopes = self.packages().map(|(_, scope)| scope);
        let has_old_items = scopes.any(|scope| {
            let mut bodies = scope.bodies.iter();
            let has_old_use = bodies.any(|b| b.is_default || b.uses().any(|u| u.is_old));
            has_old_use || scope.paths().iter().any(|p| !p.dotted.is_empty())
        });
        has_old_items || has_old_words(&Code::new(text))
    }
}

fn has_old_words(code: &Code<'_>) -> bool {
    // Several headers, as in concatenated files.
    let is_header = |i: &usize| {
        let version = code.tokens.get(i + 4).map(|t| t.kind) == Some(Kind::Version);
        let end = i + 4 + usize::from(version);
        code.word(*i) == "package" && code.is(i + 2, ':') && code.is(end, ';')
    };
    if (0..code.tokens.len()).filter(is_header).count() > 1 {
        return true;
    }
    let is_old = |i: usize| {
        let after_colon = i > 0 && code.is(i - 1, ':');
        match code.word(i) {
            "function" => after_colon && code.is(i + 1, '('),
            "expected" => code.is(i + 1, '<'),
            "union" => !code.word(i + 1).is_empty() && code.is(i + 2, '{'),
            "static" => code.is(i + 2, ':'),
            "float32" | "float64" => after_colon,
            "handle" => after_colon && !code.word(i + 1).is_empty(),
            _ => {
                let kind = code.tokens.get(i).map(|t| t.kind);
                kind == Some(Kind::Arrow) && code.is(i + 1, '(')
            }
        }
    };
    (0..code.tokens.len()).any(is_old)
}

#[cfg(test)]
mod tests {
    use super::Outline;

    #[test]
    fn old_and_new() {
        let is_old = |text: &str| Outline::new(text).is_old(text);
        for old in [
            "package a:b\ninterface i {}",
            "interface i { f: function(); }",
            "interface i { use { a } from b; }",
            "default world w {}",
            "world w { import a: b.c; }",
            "interface i { f: func() -> (a: u8); }",
            "f: func();",
            "interface i { f: func(x: handle y); }",
            "package a:b;\ninterface i {}\npackage a:c@1.0.0;",
        ] {
            assert!(is_old(old), "{old}");
        }
        for new in [
            "package a:b;\ninterface i { f: func(x: u8 -> u8; g: func(); }",
            "package a:b;\npackage a:c { interface i {} }",
            "interface i { record union { function: u8, expected: f32 } }",
            "interface i { resource r { f: static func() -> tuple<u8>; } }",
        ] {
            assert!(!is_old(new), "{new}");
        }
    }
}
