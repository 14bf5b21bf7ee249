//! Parses `.wast` scripts into forms with their lines.

/// A form of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form<'a> {
    /// The line where it begins, from 1.
    pub line: usize,
    /// The text, with parentheses.
    pub text: &'a str,
}

/// The result that a directive expects for its component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The component is valid.
    Valid,
    /// Parsing or validation fails, and the error contains this.
    Rejected(String),
}

/// A form with a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The component in text form.
    pub text: String,
    /// The expected result.
    pub expected: Expected,
}

/// The forms of a script.
pub fn forms(script: &str) -> Vec<Form<'_>> {
    let mut line = 1;
    let mut counted = 0;
    items(script)
        .into_iter()
        .map(|(start, text)| {
            line += script[counted..start].matches('\n').count();
            counted = start;
            Form { line, text }
        })
        .collect()
}

/// The form as a directive, or `None` if it is not about a component.
pub fn directive(form: &str) -> Option<Directive> {
    let parts = parts(form)?;
    let (expected, component) = match *parts.first()? {
        "component" => (Expected::Valid, form),
        "assert_unlinkable" | "assert_invalid_custom" => (Expected::Valid, *parts.get(1)?),
        "assert_invalid" | "assert_malformed" => {
            let message = String::from_utf8(string(parts.get(2)?)?).ok()?;
            (Expected::Rejected(message), *parts.get(1)?)
        }
        _ => return None,
    };
    let text = component_text(component)?;
    Some(Directive { text, expected })
}

/// The component in the plain text format, without the syntax of scripts.
pub fn component_text(form: &str) -> Option<String> {
    let parts = parts(form)?;
    if *parts.first()? != "component" {
        return None;
    }
    let at = 1 + usize::from(parts.get(1).is_some_and(|p| p.starts_with('$')));
    match parts.get(at).copied() {
        Some("instance") => None,
        Some("definition") => {
            let mut parts = parts;
            parts.remove(1);
            // In scripts, the keyword precedes the name.
            let rest = parts.get(1..)?.join("\n");
            Some(format!("(component {rest})"))
        }
        Some("quote") => {
            let strings: Option<Vec<Vec<u8>>> = parts[at + 1..].iter().map(|p| string(p)).collect();
            let text = String::from_utf8(strings?.join(&b' ')).ok()?;
            Some(format!("(component {text})"))
        }
        _ => Some(form.to_owned()),
    }
}

/// The items between the parentheses of a form.
pub fn parts(form: &str) -> Option<Vec<&str>> {
    let text = form.strip_prefix('(')?.strip_suffix(')')?;
    Some(items(text).into_iter().map(|(_, item)| item).collect())
}

/// Words, strings and forms, without comments.
fn items(text: &str) -> Vec<(usize, &str)> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    let mut depth = 0_usize;
    let mut start = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let end = if rest.starts_with(b";;") {
            at + rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len())
        } else if rest.starts_with(b"(;") {
            at + block_comment(rest)
        } else if rest[0].is_ascii_whitespace() {
            at + 1
        } else {
            if depth == 0 {
                start = at;
            }
            let end = match rest[0] {
                b'(' => {
                    depth += 1;
                    at + 1
                }
                b')' => {
                    depth = depth.saturating_sub(1);
                    at + 1
                }
                b'"' => at + quoted(rest),
                _ => at + word(rest),
            };
            if depth == 0 {
                out.push((start, &text[start..end]));
            }
            end
        };
        at = end;
    }
    out
}

fn block_comment(text: &[u8]) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(b"(;") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with(b";)") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

fn quoted(text: &[u8]) -> usize {
    let mut at = 1;
    while at < text.len() && text[at] != b'"' {
        at += 1 + usize::from(text[at] == b'\\');
    }
    (at + 1).min(text.len())
}

fn word(text: &[u8]) -> usize {
    let ends = |b: &u8| b.is_ascii_whitespace() || b"()\";".contains(b);
    text.iter().position(ends).unwrap_or(text.len()).max(1)
}

/// The bytes of a string literal.
pub fn string(item: &str) -> Option<Vec<u8>> {
    let text = item.strip_prefix('"')?.strip_suffix('"')?;
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        match bytes.next()? {
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'r' => out.push(b'\r'),
            first if first.is_ascii_hexdigit() => {
                let hex = [first, bytes.next()?];
                let hex = std::str::from_utf8(&hex).ok()?;
                out.push(u8::from_str_radix(hex, 16).ok()?);
            }
            // No test has `\u{...}` in these strings.
            b'u' => return None,
            other => out.push(other),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_found_with_their_lines() {
        let script = "(; (; ) ;) ;)\n;; (no)\n(a \")\" (b))(c)\n\n(d\n)";
        let found: Vec<(usize, &str)> = forms(script).iter().map(|f| (f.line, f.text)).collect();
        assert_eq!(found, [(3, "(a \")\" (b))"), (3, "(c)"), (5, "(d\n)")]);
    }

    #[test]
    fn a_directive_has_a_component_and_an_expected_result() {
        let valid = |text: &str| Directive {
            text: text.to_owned(),
            expected: Expected::Valid,
        };
        let of = |form| directive(form);
        assert_eq!(of("(component $a (b))"), Some(valid("(component $a (b))")));
        assert_eq!(
            of("(component definition $a (b))"),
            Some(valid("(component $a\n(b))"))
        );
        assert_eq!(of("(component instance $a $b)"), None);
        assert_eq!(of("(module)"), None);
        assert_eq!(of("(assert_invalid (module) \"x\")"), None);
        assert_eq!(
            of("(assert_malformed (component quote \"(a\" \"\\22\\n\\\\)\") \"it\\22s\")"),
            Some(Directive {
                text: "(component (a \"\n\\))".to_owned(),
                expected: Expected::Rejected("it\"s".to_owned()),
            })
        );
    }
}
