//! Finds the `package` header of a source without parsing all of it.

use crate::comments::block_comment;
use std::ops::Range;

/// The range of the package name in the `package ns:name@version;` header at the start of `text`.
pub(crate) fn package_name(text: &str) -> Option<Range<usize>> {
    let start = skip_trivia(text, 0);
    let rest = text[start..].strip_prefix("package")?;
    if !rest.starts_with(|c: char| c.is_whitespace() || c == '/') {
        return None;
    }
    let start = skip_trivia(text, text.len() - rest.len());
    let len = text[start..].find(|c: char| c == ';' || c == '{' || c.is_whitespace())?;
    // `package a:b { ... }` opens a nested package and is not a header.
    let after = skip_trivia(text, start + len);
    text[after..].starts_with(';').then_some(start..start + len)
}

/// Skips white space and comments.
fn skip_trivia(text: &str, mut at: usize) -> usize {
    loop {
        let rest = &text[at..];
        let trimmed = rest.trim_start();
        at = text.len() - trimmed.len();
        if trimmed.starts_with("//") {
            at += trimmed.find('\n').unwrap_or(trimmed.len());
        } else if trimmed.starts_with("/*") {
            at += block_comment(trimmed);
        } else {
            return at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::package_name;

    #[test]
    fn headers() {
        for (text, name) in [
            ("package a:b;", Some("a:b")),
            (
                "// c\n/// d\n/* x /* y */ é */ package  a:b@1.0.0 ;",
                Some("a:b@1.0.0"),
            ),
            ("package a:b { }", None),
            ("packages a:b;", None),
            ("interface x {}", None),
            ("", None),
            ("/*", None),
            ("package", None),
            ("package a:b", None),
        ] {
            assert_eq!(package_name(text).map(|r| &text[r]), name, "{text:?}");
        }
    }
}
