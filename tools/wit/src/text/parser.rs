//! A parser that never refuses: it takes what it knows, of any age, and steps over the rest.

mod statements;

use super::lex::{Kind, Token};
use super::outline::{BodyKind, Name, Outline, PackageRef, Path, Scope, Use};
use std::ops::Range;
use wit_parser::PackageName;

/// How deep packages and bodies nest before the rest is stepped over.
const DEPTH: usize = 100;

pub(crate) struct Parser<'a> {
    text: &'a str,
    tokens: Vec<&'a Token>,
    at: usize,
    depth: usize,
    out: Outline,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        Parser {
            text,
            tokens: tokens.iter().filter(|t| t.kind != Kind::Comment).collect(),
            at: 0,
            depth: 0,
            out: Outline::default(),
        }
    }

    pub(crate) fn file(mut self) -> Outline {
        let mut top = Scope::default();
        while self.at < self.tokens.len() {
            self.item(&mut top);
            // A closing brace too many.
            if self.is('}') {
                self.at += 1;
            }
        }
        self.out.top = top;
        self.out
    }

    fn peek(&self, ahead: usize) -> Option<&'a Token> {
        self.tokens.get(self.at + ahead).copied()
    }

    fn kind(&self, ahead: usize) -> Option<Kind> {
        self.peek(ahead).map(|t| t.kind)
    }

    fn word_at(&self, ahead: usize) -> &'a str {
        match self.peek(ahead) {
            Some(t) if t.kind == Kind::Word => &self.text[t.range.clone()],
            _ => "",
        }
    }

    fn is(&self, c: char) -> bool {
        self.kind(0) == Some(Kind::Punct(c))
    }

    fn eat(&mut self, c: char) -> bool {
        let yes = self.is(c);
        self.at += usize::from(yes);
        yes
    }

    fn eat_word(&mut self) -> Option<(Range<usize>, String)> {
        let token = self.peek(0).filter(|t| t.kind == Kind::Word)?;
        self.at += 1;
        let name = self.text[token.range.clone()].trim_start_matches('%');
        Some((token.range.clone(), name.to_owned()))
    }

    /// The end of the token before.
    fn last(&self) -> usize {
        let before = self.at.checked_sub(1).and_then(|i| self.tokens.get(i));
        before.map_or(0, |t| t.range.end)
    }

    fn here(&self) -> usize {
        self.peek(0).map_or(self.text.len(), |t| t.range.start)
    }

    fn semicolon(&mut self) {
        if !self.eat(';') {
            let place = self.last();
            self.out.missing_semicolons.push(place);
        }
    }

    fn item(&mut self, scope: &mut Scope) {
        self.attributes();
        let start = self.here();
        match (self.word_at(0), self.kind(1)) {
            ("package", Some(Kind::Word)) => self.package(scope),
            ("use", _) => {
                let parsed = self.use_();
                scope.uses.extend(parsed);
            }
            (keyword @ ("interface" | "world"), Some(Kind::Word)) => {
                self.at += 1;
                let name = self.eat_word().map_or_else(String::new, |w| w.1);
                let kind = match keyword {
                    "world" => BodyKind::World,
                    _ => BodyKind::Interface,
                };
                if let Some(body) = self.body(kind, name) {
                    scope.bodies.push(body);
                }
            }
            ("default", Some(Kind::Word)) => self.at += 1,
            _ if self.is('}') => {}
            _ => {
                if self.statement().is_none() {
                    self.at += 1;
                }
                scope.stray.get_or_insert(start..self.last().max(start));
            }
        }
    }

    fn package(&mut self, scope: &mut Scope) {
        let back = self.at;
        self.at += 1;
        let Some(name) = self.name() else {
            self.at = back + 1;
            return;
        };
        if self.is('{') && self.depth < DEPTH {
            self.at += 1;
            self.depth += 1;
            let mut nested = Scope::default();
            while self.at < self.tokens.len() && !self.is('}') {
                self.item(&mut nested);
            }
            self.eat('}');
            self.depth -= 1;
            self.out.nested.push((name, nested));
            return;
        }
        let is_first = self.out.header.is_none() && scope.bodies.is_empty();
        if is_first {
            self.out.header = Some(name);
        }
        self.semicolon();
    }

    fn name(&mut self) -> Option<Name> {
        let (start, namespace) = self.eat_word()?;
        if !self.eat(':') {
            return None;
        }
        let (_, name) = self.eat_word()?;
        let version = self.version().and_then(|v| v.parse().ok());
        Some(Name {
            range: start.start..self.last(),
            name: PackageName {
                namespace,
                name,
                version,
            },
        })
    }

    fn version(&mut self) -> Option<String> {
        let token = self.peek(0).filter(|t| t.kind == Kind::Version)?;
        self.at += 1;
        Some(self.text[token.range.clone()][1..].to_owned())
    }

    fn path(&mut self) -> Option<Path> {
        let start = self.here();
        let mut old_prefix = None;
        if matches!(self.word_at(0), "pkg" | "self") && self.kind(1) == Some(Kind::Punct('.')) {
            self.at += 2;
            old_prefix = Some(start..self.here());
        }
        let (_, first) = self.eat_word()?;
        let mut path = Path {
            range: start..start,
            package: None,
            item: first,
            old_prefix,
        };
        if self.is(':') && self.kind(2) == Some(Kind::Punct('/')) {
            self.at += 1;
            let (_, name) = self.eat_word()?;
            self.eat('/');
            let (_, item) = self.eat_word()?;
            let namespace = std::mem::replace(&mut path.item, item);
            path.package = Some(PackageRef {
                namespace,
                name,
                version: self.version(),
            });
        }
        path.range.end = self.last();
        Some(path)
    }

    fn use_(&mut self) -> Option<Use> {
        let start = self.here();
        self.at += 1;
        let mut names = None;
        let mut is_old = false;
        if self.is('{') || self.is('*') {
            is_old = true;
            names = self.use_names();
            self.eat('*');
            if self.word_at(0) == "from" {
                self.at += 1;
            }
        }
        let path = self.path()?;
        if !is_old && self.is('.') && self.kind(1) == Some(Kind::Punct('{')) {
            self.at += 1;
            names = self.use_names();
        } else if self.word_at(0) == "as" {
            self.at += 2;
        }
        self.semicolon();
        Some(Use {
            range: start..self.last(),
            path,
            names,
            is_old,
        })
    }

    fn use_names(&mut self) -> Option<Vec<(Range<usize>, String)>> {
        if !self.eat('{') {
            return None;
        }
        let mut names = Vec::new();
        while let Some((range, mut name)) = self.eat_word() {
            let start = range.start;
            if self.word_at(0) == "as" {
                self.at += 1;
                name = self.eat_word()?.1;
            }
            names.push((start..self.last(), name));
            self.eat(',');
        }
        self.eat('}');
        Some(names)
    }

    fn attributes(&mut self) {
        while self.is('@') && self.kind(1) == Some(Kind::Word) {
            self.at += 2;
            if self.is('(') {
                self.group();
            }
        }
    }

    /// Steps over a bracket and all up to the one that closes it.
    fn group(&mut self) {
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
