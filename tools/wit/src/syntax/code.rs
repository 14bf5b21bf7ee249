//! The tokens of a text without comments, by their numbers.

use super::lex::{lex, Kind, Token};

/// A text and its tokens without comments.
pub struct Code<'a> {
    /// The text.
    pub text: &'a str,
    /// The tokens.
    pub tokens: Vec<Token>,
}

impl<'a> Code<'a> {
    /// Reads a text, however broken it is.
    pub fn new(text: &'a str) -> Self {
        let tokens = lex(text).into_iter();
        Code {
            text,
            tokens: tokens.filter(|t| t.kind != Kind::Comment).collect(),
        }
    }

    /// The word at token `i`; empty if it is something else.
    pub fn word(&self, i: usize) -> &'a str {
        match self.tokens.get(i) {
            Some(t) if t.kind == Kind::Word => &self.text[t.range.clone()],
            _ => "",
        }
    }

    /// Whether token `i` is this character.
    pub fn is(&self, i: usize, c: char) -> bool {
        self.tokens.get(i).is_some_and(|t| t.kind == Kind::Punct(c))
    }

    /// The number of the first token that starts at an offset or after it.
    pub fn at(&self, offset: usize) -> usize {
        self.tokens.partition_point(|t| t.range.start < offset)
    }
}
