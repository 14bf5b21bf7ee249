//! Splits Starlark into tokens.

use super::quote::unquote;
use std::ops::Range;

/// The kind of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// The value of a string literal; `None` if it is raw, or has escapes that Bazel rejects.
    Text(Option<String>),
    Comment,
    Punct(char),
    /// An unterminated string.
    Broken,
}

/// A token.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub range: Range<usize>,
}

/// The tokens of `text`. Takes any text.
pub(super) fn lex(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let (kind, len) = match c {
            _ if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '#' => (Kind::Comment, rest.find('\n').unwrap_or(rest.len())),
            '"' | '\'' => string(rest, c),
            _ if is_word(c) => {
                let len = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
                let (word, tail) = rest.split_at(len);
                let quote = tail.chars().next().filter(|c| matches!(c, '"' | '\''));
                match quote {
                    // `r"..."`
                    Some(quote) if matches!(word, "r" | "b" | "rb" | "br") => {
                        let (kind, inner) = string(tail, quote);
                        let kind = match kind {
                            Kind::Broken => kind,
                            _ => Kind::Text(None),
                        };
                        (kind, len + inner)
                    }
                    _ => (Kind::Word, len),
                }
            }
            _ => (Kind::Punct(c), c.len_utf8()),
        };
        out.push(Token {
            kind,
            range: at..at + len,
        });
        at += len;
    }
    out
}

fn string(rest: &str, quote: char) -> (Kind, usize) {
    let three: String = std::iter::repeat_n(quote, 3).collect();
    let close = match rest.starts_with(&three) {
        true => three.as_str(),
        false => &three[..1],
    };
    let mut escaped = false;
    let inner = &rest[close.len()..];
    for (i, c) in inner.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if inner[i..].starts_with(close) {
            return (Kind::Text(unquote(&inner[..i])), i + 2 * close.len());
        } else if c == '\n' && close.len() == 1 {
            // Unterminated: the rest of the file is one broken token.
            break;
        }
    }
    (Kind::Broken, rest.len())
}
