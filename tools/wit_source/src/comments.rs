//! Blanks comments that are not documentation.
//!
//! The parser takes every comment before an item as its documentation, even a comment at the end
//! of the previous item's line. Without this, an edit of a comment would change what dependents
//! read.

/// Replaces all comments but `///` and `/** */` by spaces, byte for byte, so that all offsets stay
/// valid.
pub(crate) fn blank(text: &str) -> String {
    blank_if(text, |piece| {
        is_comment(piece) && !is_documentation(piece) && !is_suspect(piece)
    })
}

/// Replaces all comments and strings by spaces, byte for byte.
pub(crate) fn blank_all(text: &str) -> String {
    blank_if(text, |piece| is_comment(piece) || piece.starts_with('"'))
}

/// Replaces the comments and strings that `is_blank` selects.
fn blank_if(text: &str, is_blank: impl Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['/', '"']) {
        let (code, tail) = rest.split_at(at);
        out.push_str(code);
        let len = if tail.starts_with("//") {
            tail.find('\n').unwrap_or(tail.len())
        } else if tail.starts_with("/*") {
            block_comment(tail)
        } else if tail.starts_with('"') {
            string(tail)
        } else {
            1
        };
        let (piece, tail) = tail.split_at(len);
        if is_blank(piece) {
            for c in piece.chars() {
                match c {
                    '\n' | '\r' => out.push(c),
                    _ => out.extend(std::iter::repeat_n(' ', c.len_utf8())),
                }
            }
        } else {
            out.push_str(piece);
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

fn is_comment(piece: &str) -> bool {
    piece.starts_with("//") || piece.starts_with("/*")
}

/// As in Rust, a line of slashes or stars is not documentation.
fn is_documentation(piece: &str) -> bool {
    let line = piece.starts_with("///") && !piece.starts_with("////");
    let block = piece.starts_with("/**") && !piece.starts_with("/***") && piece.len() > 4;
    line || block
}

/// Whether the parser rejects the comment for its characters. Such a comment is kept, so that it
/// does.
fn is_suspect(piece: &str) -> bool {
    piece.chars().any(|c| {
        (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            || matches!(c, '\u{149}' | '\u{673}' | '\u{f77}' | '\u{f79}')
            || matches!(c, '\u{17a3}' | '\u{17a4}' | '\u{17b4}' | '\u{17b5}')
    })
}

/// The length of the string literal at the start of `text`.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (i, c) in text.char_indices().skip(1) {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return i + 1,
            _ => escaped = false,
        }
    }
    text.len()
}

/// The length of the block comment at the start of `text`. Comments nest.
pub fn block_comment(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(pair) = bytes.get(at..at + 2) {
        match pair {
            b"/*" => depth += 1,
            b"*/" => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::blank;

    #[test]
    fn only_documentation_stays() {
        for (text, out) in [
            ("a // é\nb", "a      \nb"),
            ("/// a // b\nb", "/// a // b\nb"),
            ("//// a\nb", "      \nb"),
            ("/* x /* y */ */b", "               b"),
            ("/** x */b", "/** x */b"),
            ("/**/b", "    b"),
            ("/*** x */b", "         b"),
            ("@e(\"//x\\\"/*\") // y", "@e(\"//x\\\"/*\")     "),
            ("// \u{202e}", "// \u{202e}"),
            ("/* open", "       "),
            ("a / b", "a / b"),
            ("\"open // x", "\"open // x"),
        ] {
            assert_eq!(blank(text), out, "{text:?}");
            assert_eq!(blank(text).len(), text.len());
        }
    }
}
