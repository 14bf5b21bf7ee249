//! Parses the bodies of interfaces, worlds and resources.

use super::cursor::{Cursor, DEPTH};
use super::lex::Kind;
use super::outline::{Body, BodyKind, Stmt};
use std::ops::Range;

/// Words in types that are not names of types, of any age of WIT.
const BUILTIN: &[&str] = &[
    "_",
    "u8",
    "u16",
    "u32",
    "u64",
    "s8",
    "s16",
    "s32",
    "s64",
    "f32",
    "f64",
    "float32",
    "float64",
    "char",
    "bool",
    "string",
    "list",
    "option",
    "result",
    "tuple",
    "future",
    "stream",
    "borrow",
    "own",
    "map",
    "error-context",
    "expected",
    "unit",
    "func",
    "function",
    "static",
    "async",
    "constructor",
];

/// Keywords that start a statement.
const STARTS: &[&str] = &[
    "use",
    "type",
    "record",
    "variant",
    "enum",
    "flags",
    "union",
    "resource",
    "import",
    "export",
    "include",
    "interface",
    "world",
    "package",
    "constructor",
    "default",
];

impl Cursor<'_> {
    pub(super) fn body(&mut self, kind: BodyKind, name: String) -> Option<Body> {
        if !self.is('{') {
            return None;
        }
        if self.depth >= DEPTH {
            self.group();
            return None;
        }
        self.depth += 1;
        self.at += 1;
        let start = self.last();
        let mut stmts = Vec::new();
        while !self.is_at_end() && !self.is('}') {
            match self.statement() {
                Some(stmt) => stmts.push(stmt),
                None => self.at += 1,
            }
        }
        let end = self.here();
        self.eat('}');
        self.depth -= 1;
        Some(Body {
            kind,
            name,
            is_default: false,
            start,
            end,
            stmts,
        })
    }

    /// A statement of an interface, world or resource. `None` if no token was taken.
    pub(super) fn statement(&mut self) -> Option<Stmt> {
        self.attributes();
        if self.eat(';') {
            return Some(Stmt::Item {
                defines: None,
                refs: Vec::new(),
            });
        }
        let is_named = self.kind(1) == Some(Kind::Word);
        match self.word_at(0) {
            "use" => self.use_().map(Stmt::Use),
            "include" if is_named => {
                self.at += 1;
                let path = self.path()?;
                if self.word_at(0) == "with" {
                    self.at += 1;
                    self.group();
                } else {
                    self.semicolon();
                }
                Some(Stmt::Path(path))
            }
            "import" | "export" if is_named => self.import(),
            "type" if is_named => {
                self.at += 1;
                let name = self.eat_word()?.1;
                self.eat('=');
                Some(self.rest(Some(name)))
            }
            keyword @ ("record" | "variant" | "enum" | "flags" | "union" | "resource")
                if is_named =>
            {
                self.at += 1;
                let name = self.eat_word()?.1;
                Some(self.definition(keyword, name))
            }
            "" if !matches!(self.kind(0), Some(Kind::Punct('(' | '<'))) => None,
            _ => Some(self.rest(None)),
        }
    }

    fn import(&mut self) -> Option<Stmt> {
        self.at += 1;
        let is_path = self.kind(1) != Some(Kind::Punct(':'))
            || (self.kind(3) == Some(Kind::Punct('/')) && !self.word_at(2).is_empty());
        let start = self.here();
        if !is_path {
            let name = self.eat_word()?.1;
            self.at += 1;
            if self.word_at(0) == "interface" {
                self.at += 1;
                return self.body(BodyKind::Inline, name).map(Stmt::Inline);
            }
            let is_function = matches!(self.word_at(0), "func" | "function" | "async");
            if is_function {
                return Some(self.rest(None));
            }
        }
        let mut path = self.path()?;
        path.label = (!is_path).then_some(start..path.range.start);
        self.semicolon();
        Some(Stmt::Path(path))
    }

    fn definition(&mut self, keyword: &str, name: String) -> Stmt {
        let mut refs = Vec::new();
        if !self.is('{') {
            self.semicolon();
        } else if keyword == "resource" {
            if let Some(body) = self.body(BodyKind::Interface, String::new()) {
                refs.extend(body.refs().cloned());
            }
        } else {
            let start = self.at;
            self.group();
            let mut parens = 0_usize;
            for i in start..self.at {
                match self.tokens[i].kind {
                    Kind::Punct('(') => parens += 1,
                    Kind::Punct(')') => parens = parens.saturating_sub(1),
                    Kind::Word if keyword == "record" || keyword == "union" || parens > 0 => {
                        self.reference(i, &mut refs);
                    }
                    _ => {}
                }
            }
        }
        Stmt::Item {
            defines: Some(name),
            refs,
        }
    }

    /// The rest of a statement that ends with a semicolon.
    fn rest(&mut self, defines: Option<String>) -> Stmt {
        let mut refs = Vec::new();
        let mut depth = 0_usize;
        let start = self.at;
        while let Some(token) = self.peek(0) {
            match token.kind {
                Kind::Punct('(' | '<' | '{') => depth += 1,
                Kind::Punct('}') if depth == 0 => break,
                Kind::Punct(')' | '>' | '}') => depth = depth.saturating_sub(1),
                Kind::Punct(';') => break,
                Kind::Word if depth == 0 && self.at > start && self.starts_anew() => break,
                Kind::Punct('@') if depth == 0 && self.at > start => break,
                Kind::Word => self.reference(self.at, &mut refs),
                _ => {}
            }
            self.at += 1;
        }
        self.semicolon();
        Stmt::Item { defines, refs }
    }

    /// Whether the current token starts a line that can only be a new statement.
    fn starts_anew(&self) -> bool {
        let is_open = self.at.checked_sub(1).is_none_or(|i| {
            matches!(
                self.tokens[i].kind,
                Kind::Arrow | Kind::Punct(':' | '=' | ',' | '.')
            )
        });
        let new_line = self.text[self.last()..self.here()].contains('\n');
        let next = self.kind(1);
        new_line
            && !is_open
            && (next == Some(Kind::Punct(':'))
                || (self.word_at(0) == "static" && self.kind(2) == Some(Kind::Punct(':')))
                || (STARTS.contains(&self.word_at(0)) && next != Some(Kind::Punct(';'))))
    }

    /// Adds the token `i` to `refs` if it is the name of a type.
    fn reference(&self, i: usize, refs: &mut Vec<(Range<usize>, String)>) {
        let range = self.tokens[i].range.clone();
        let word = &self.text[range.clone()];
        let is_label = self.tokens.get(i + 1).map(|t| t.kind) == Some(Kind::Punct(':'));
        let is_number = word.starts_with(|c: char| c.is_ascii_digit());
        if !is_label && !is_number && !BUILTIN.contains(&word) {
            refs.push((range, word.trim_start_matches('%').to_owned()));
        }
    }
}
