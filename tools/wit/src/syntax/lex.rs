//! Splits WIT into tokens with their ranges, including comments.

use std::ops::Range;

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name, keyword or number; a name may begin with `%`.
    Word,
    /// `@` and a version.
    Version,
    /// A string literal.
    Text,
    /// `->`
    Arrow,
    /// A comment of any kind.
    Comment,
    /// Any other character.
    Punct(char),
}

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its kind.
    pub kind: Kind,
    /// Its range in the text.
    pub range: Range<usize>,
}

/// The tokens of `text`, without white space. Takes any text.
pub fn lex(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut at = 0;
    loop {
        // The fast path: most white space is ASCII.
        let bytes = &text.as_bytes()[at..];
        at += bytes.iter().take_while(|b| b.is_ascii_whitespace()).count();
        let rest = &text[at..];
        let Some(c) = rest.chars().next() else {
            break;
        };
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        let (kind, len) = token(rest, c);
        out.push(Token {
            kind,
            range: at..at + len,
        });
        at += len;
    }
    out
}

fn token(rest: &str, c: char) -> (Kind, usize) {
    if rest.starts_with("//") {
        let line = rest.find('\n').unwrap_or(rest.len());
        return (Kind::Comment, rest[..line].trim_end().len());
    }
    if rest.starts_with("/*") {
        return (Kind::Comment, wit_source::block_comment(rest));
    }
    if rest.starts_with("->") {
        return (Kind::Arrow, 2);
    }
    match c {
        '"' => (Kind::Text, string(rest)),
        '@' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => {
            let end = rest[1..]
                .find(|c: char| !c.is_ascii_alphanumeric() && !"-.+".contains(c))
                .map_or(rest.len(), |i| i + 1);
            // In `@1.0.0.{a}`, the last dot does not belong to the version.
            (
                Kind::Version,
                rest[..end].trim_end_matches(['.', '-']).len(),
            )
        }
        '%' if rest[1..].starts_with(is_word) => (Kind::Word, 1 + word(&rest[1..])),
        c if is_word(c) => (Kind::Word, word(rest)),
        c => (Kind::Punct(c), c.len_utf8()),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of the word at the start of `rest`.
fn word(rest: &str) -> usize {
    let mut bytes = rest.bytes().peekable();
    let mut ascii = 0;
    while let Some(b) = bytes.next() {
        let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        let joins = b == b'-' && bytes.peek().is_some_and(|n| is_word(*n));
        if !is_word(b) && !joins {
            break;
        }
        ascii += 1;
    }
    // A character beyond ASCII may be a letter, or joined by the dash before it.
    let after = rest.as_bytes()[ascii..].iter().find(|b| **b != b'-');
    if after.is_none_or(u8::is_ascii) {
        return ascii;
    }
    word_of_any(rest)
}

/// The length of the word at the start of `rest`, with letters of any script.
fn word_of_any(rest: &str) -> usize {
    let mut end = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let joins = c == '-' && chars.peek().is_some_and(|(_, n)| is_word(*n));
        if !is_word(c) && !joins {
            break;
        }
        end = i + c.len_utf8();
    }
    end
}

fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (i, c) in rest.char_indices().skip(1) {
        match c {
            '\n' => return i,
            '"' if !escaped => return i + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_word_functions_agree() {
        let letters = ["a", "_", "-", "1", ";", "é", "–"];
        let mut texts = vec![String::new()];
        for _ in 0..5 {
            let longer = texts
                .iter()
                .flat_map(|t| letters.map(|l| format!("{t}{l}")));
            texts = longer.collect();
            for text in &texts {
                assert_eq!(word(text), word_of_any(text), "{text}");
            }
        }
    }

    fn kinds(text: &str) -> Vec<(Kind, &str)> {
        lex(text)
            .into_iter()
            .map(|t| (t.kind, &text[t.range]))
            .collect()
    }

    #[test]
    fn tokens() {
        use Kind::{Arrow, Comment, Punct, Text, Version, Word};
        for (text, expected) in [
            (
                "use a:b-c/%d@1.0.0-rc.1.{e};",
                vec![
                    (Word, "use"),
                    (Word, "a"),
                    (Punct(':'), ":"),
                    (Word, "b-c"),
                    (Punct('/'), "/"),
                    (Word, "%d"),
                    (Version, "@1.0.0-rc.1"),
                    (Punct('.'), "."),
                    (Punct('{'), "{"),
                    (Word, "e"),
                    (Punct('}'), "}"),
                    (Punct(';'), ";"),
                ],
            ),
            ("a->b", vec![(Word, "a"), (Arrow, "->"), (Word, "b")]),
            (
                "// x \n/* /* */ é */ \"a\\\"b\" @since",
                vec![
                    (Comment, "// x"),
                    (Comment, "/* /* */ é */"),
                    (Text, "\"a\\\"b\""),
                    (Punct('@'), "@"),
                    (Word, "since"),
                ],
            ),
            ("/* ", vec![(Comment, "/* ")]),
            ("\"x", vec![(Text, "\"x")]),
            ("%", vec![(Punct('%'), "%")]),
            ("@1", vec![(Version, "@1")]),
        ] {
            assert_eq!(kinds(text), expected, "{text:?}");
        }
    }
}
