//! Removes comments that are not documentation.
//!
//! `wit-parser` treats every comment before an item as documentation. The tools treat only `///` and
//! `/** */` so; other comments have no effect. This implementation is independent of the tools'.

use std::path::Path;

/// Removes such comments from all sources below `path`; returns whether there were any.
pub fn strip(path: &Path) -> std::io::Result<bool> {
    if path.is_dir() {
        let mut any = false;
        for entry in std::fs::read_dir(path)? {
            any |= strip(&entry?.path())?;
        }
        return Ok(any);
    }
    let Some(old) = std::fs::read(path)
        .ok()
        .filter(|_| path.extension().is_some_and(|e| e == "wit"))
        .and_then(|bytes| String::from_utf8(bytes).ok())
    else {
        return Ok(false);
    };
    let new = without_plain_comments(&old);
    std::fs::write(path, &new)?;
    Ok(new != old)
}

fn without_plain_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block(rest)
        } else if c == '"' {
            rest[1..].find('"').map_or(rest.len(), |end| end + 2)
        } else {
            c.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        let is_comment = token.starts_with("//") || token.starts_with("/*");
        let is_documentation = match token.get(..3) {
            Some("///") => !token.starts_with("////"),
            Some("/**") => !token.starts_with("/***") && token.len() > 4,
            _ => false,
        };
        if !is_comment || is_documentation {
            out.push_str(token);
        } else {
            // Keeps lines and columns, and separates the tokens around the comment.
            out.extend(token.bytes().map(|b| match b {
                b'\n' | b'\r' => char::from(b),
                _ => ' ',
            }));
        }
        rest = after;
    }
    out
}

/// The length of the block comment at the start of `text`, including nested ones.
fn block(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
        } else {
            at += 1;
        }
        if depth == 0 {
            return at;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::without_plain_comments;

    #[test]
    fn documentation_and_strings_stay() {
        for (text, expected) in [
            ("a // b\nc", "a     \nc"),
            ("/// b\nc", "/// b\nc"),
            ("//// b\nc", "      \nc"),
            ("/* a /* b */ c */d", "                 d"),
            ("/** a */b/**/c/*** d */e", "/** a */b    c         e"),
            (
                "@external-id(\"x//y\") z // \"",
                "@external-id(\"x//y\") z     ",
            ),
            ("/* é\n */x", "     \n   x"),
            ("a /* b", "a     "),
        ] {
            assert_eq!(without_plain_comments(text), expected, "{text:?}");
        }
    }
}
