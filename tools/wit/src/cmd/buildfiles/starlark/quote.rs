//! String literals of Starlark.

/// A text as a string literal. All texts that go into BUILD files go through this function.
///
/// Bazel's lexer knows no `\x` and `\u`, so other control characters are octal escapes.
pub(in super::super) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_ascii_control() => out.push_str(&format!("\\{:03o}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The value of the text between the quotes of a literal; `None` if it has an escape that Bazel
/// rejects, or one that stands for a byte above 127.
pub(super) fn unquote(inner: &str) -> Option<String> {
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next()? {
            '\n' => {}
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'a' => out.push('\u{7}'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'v' => out.push('\u{b}'),
            c @ ('\\' | '"' | '\'') => out.push(c),
            c => {
                let mut code = c.to_digit(8)?;
                for _ in 0..2 {
                    let Some(digit) = chars.peek().and_then(|c| c.to_digit(8)) else {
                        break;
                    };
                    code = code * 8 + digit;
                    chars.next();
                }
                out.push(char::from_u32(code).filter(char::is_ascii)?);
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::{parse, Value};
    use super::{quote, unquote};

    #[test]
    fn every_character_stays_in_its_literal() {
        let more = [
            '\u{80}',
            '\u{85}',
            '\u{e9}',
            '\u{202e}',
            '\u{2028}',
            '\u{fffd}',
            '\u{1f980}',
        ];
        for c in (0..=0x7f_u8).map(char::from).chain(more) {
            for text in [
                c.to_string(),
                format!("a{c}b"),
                format!("{c}\"])\ngenrule(name = \"x\")\n#{c}"),
                format!("{c}1"),
                format!("\\{c}"),
            ] {
                let literal = quote(&text);
                let is_plain = |c: char| !c.is_ascii_control();
                assert!(literal.chars().all(is_plain), "{text:?}: {literal}");
                let file = parse(&format!("f(x = {literal})\ng()\n"));
                let [f, g] = file.calls.as_slice() else {
                    panic!("{text:?}: {file:?}");
                };
                assert!(file.broken.is_none(), "{text:?}");
                assert_eq!(g.function, "g");
                assert_eq!(f.arg("x").map(|a| &a.kind), Some(&Value::Text(text)));
            }
        }
    }

    #[test]
    fn literals_that_others_wrote() {
        for (inner, text) in [
            ("a\\\nb", Some("ab")),
            ("\\a\\b\\f\\v", Some("\u{7}\u{8}\u{c}\u{b}")),
            ("\\0\\18\\101", Some("\0\u{1}8A")),
            ("\\x41", None),
            ("\\u0041", None),
            ("\\377", None),
            ("\\400", None),
            ("\\q", None),
        ] {
            assert_eq!(unquote(inner).as_deref(), text, "{inner}");
        }
    }
}
