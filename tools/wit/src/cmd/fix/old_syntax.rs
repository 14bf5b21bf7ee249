//! Replaces the syntax of 2022 and 2023.

use crate::edit::Edit;
use crate::syntax::{Code, Kind, Outline};
use crate::tree::File;

/// The maximum number of tokens to search for the other end of a construct.
pub(super) const FAR: usize = 500;

/// Adds the edits of one file to `out`.
pub(super) fn edits((file, outline): &(File, Outline), out: &mut Vec<Edit>) {
    let words = Words {
        code: Code::new(&file.text),
    };
    // Types of the old language that the file itself defines are not the language's.
    let mut bodies = outline.packages().flat_map(|(_, scope)| &scope.bodies);
    let has_unit = bodies.any(|body| body.defined().contains(&"unit"));
    for i in 0..words.code.tokens.len() {
        words.function(i, out);
        words.static_(i, out);
        words.float(i, out);
        words.expected(i, out);
        words.default_(i, out);
        words.union(i, out);
        words.named_results(i, out);
        words.renaming(i, out);
        words.handle(i, out);
        if !has_unit {
            words.unit(i, out);
        }
    }
    for offset in &outline.missing_semicolons {
        out.push(Edit::insert(*offset, ";"));
    }
}

/// The code of a file, for rewriting.
pub(super) struct Words<'a> {
    pub(super) code: Code<'a>,
}

impl Words<'_> {
    pub(super) fn replace(&self, i: usize, text: &str, out: &mut Vec<Edit>) {
        if let Some(token) = self.code.tokens.get(i) {
            out.push(Edit::new(token.range.clone(), text));
        }
    }

    /// `f: function()`
    fn function(&self, i: usize, out: &mut Vec<Edit>) {
        let is_type = i > 0 && (self.code.is(i - 1, ':') || self.code.word(i - 1) == "async");
        if self.code.word(i) == "function" && self.code.is(i + 1, '(') && is_type {
            self.replace(i, "func", out);
        }
    }

    /// `static f: func()`
    fn static_(&self, i: usize, out: &mut Vec<Edit>) {
        let is_old = self.code.word(i) == "static"
            && self.code.is(i + 2, ':')
            && matches!(self.code.word(i + 3), "func" | "function");
        if let (true, Some(name), Some(func)) = (
            is_old,
            self.code.tokens.get(i + 1),
            self.code.tokens.get(i + 3),
        ) {
            let start = self.code.tokens[i].range.start;
            out.push(Edit::new(start..name.range.start, ""));
            let at = func.range.start;
            out.push(Edit::insert(at, "static "));
        }
    }

    /// `default world`
    fn default_(&self, i: usize, out: &mut Vec<Edit>) {
        let is_old = self.code.word(i) == "default"
            && matches!(self.code.word(i + 1), "world" | "interface")
            && self.code.is(i + 3, '{');
        if is_old {
            let range = self.code.tokens[i].range.start..self.code.tokens[i + 1].range.start;
            out.push(Edit::new(range, ""));
        }
    }

    /// `include a with { b as c };`: removes the semicolon.
    fn renaming(&self, i: usize, out: &mut Vec<Edit>) {
        if self.code.word(i) != "with" || !self.code.is(i + 1, '{') {
            return;
        }
        let mut rest = i + 2..self.code.tokens.len().min(i + FAR);
        let close =
            rest.find(|j| !matches!(self.code.tokens[*j].kind, Kind::Word | Kind::Punct(',')));
        if let Some(close) = close.filter(|j| self.code.is(*j, '}') && self.code.is(*j + 1, ';')) {
            self.replace(close + 1, "", out);
        }
    }
}
