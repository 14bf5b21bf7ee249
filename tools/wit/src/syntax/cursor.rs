//! A position in the tokens of a WIT file, for the tolerant parser.

use super::lex::{Kind, Token};
use std::ops::Range;

/// The maximum nesting depth of packages and bodies; deeper ones are skipped.
pub(super) const DEPTH: usize = 100;

/// The tokens of a file without comments, and a position in them.
///
/// The parser never fails: it takes WIT of any age, and skips what it does not know.
pub(super) struct Cursor<'a> {
    pub text: &'a str,
    pub tokens: Vec<&'a Token>,
    pub at: usize,
    pub depth: usize,
    /// The offsets at which a semicolon is missing.
    pub missing_semicolons: Vec<usize>,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        Cursor {
            text,
            tokens: tokens.iter().filter(|t| t.kind != Kind::Comment).collect(),
            at: 0,
            depth: 0,
            missing_semicolons: Vec::new(),
        }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<&'a Token> {
        self.tokens.get(self.at + ahead).copied()
    }

    pub(super) fn kind(&self, ahead: usize) -> Option<Kind> {
        self.peek(ahead).map(|t| t.kind)
    }

    pub(super) fn word_at(&self, ahead: usize) -> &'a str {
        match self.peek(ahead) {
            Some(t) if t.kind == Kind::Word => &self.text[t.range.clone()],
            _ => "",
        }
    }

    pub(super) fn is(&self, c: char) -> bool {
        self.kind(0) == Some(Kind::Punct(c))
    }

    pub(super) fn eat(&mut self, c: char) -> bool {
        let yes = self.is(c);
        self.at += usize::from(yes);
        yes
    }

    pub(super) fn eat_word(&mut self) -> Option<(Range<usize>, String)> {
        let token = self.peek(0).filter(|t| t.kind == Kind::Word)?;
        self.at += 1;
        let name = self.text[token.range.clone()].trim_start_matches('%');
        Some((token.range.clone(), name.to_owned()))
    }

    /// The end of the previous token.
    pub(super) fn last(&self) -> usize {
        let before = self.at.checked_sub(1).and_then(|i| self.tokens.get(i));
        before.map_or(0, |t| t.range.end)
    }

    /// The start of the next token.
    pub(super) fn here(&self) -> usize {
        self.peek(0).map_or(self.text.len(), |t| t.range.start)
    }

    pub(super) fn semicolon(&mut self) {
        if !self.eat(';') {
            let end = self.last();
            self.missing_semicolons.push(end);
        }
    }

    /// Skips a bracket, and everything up to its closing bracket.
    pub(super) fn group(&mut self) {
        let mut depth = 0_usize;
        while let Some(kind) = self.kind(0) {
            match kind {
                Kind::Punct('(' | '{' | '<') => depth += 1,
                Kind::Punct(')' | '}' | '>') => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }
}
