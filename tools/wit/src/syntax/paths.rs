//! Parses names, paths and `use` statements.

use super::cursor::Cursor;
use super::lex::Kind;
use super::outline::{Name, PackageRef, Path, Use};
use std::ops::Range;
use wit_parser::PackageName;

impl Cursor<'_> {
    pub(super) fn name(&mut self) -> Option<Name> {
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

    pub(super) fn version(&mut self) -> Option<String> {
        let token = self.peek(0).filter(|t| t.kind == Kind::Version)?;
        self.at += 1;
        Some(self.text[token.range.clone()][1..].to_owned())
    }

    pub(super) fn path(&mut self) -> Option<Path> {
        let start = self.here();
        let (_, first) = self.eat_word()?;
        let mut path = Path {
            range: start..start,
            package: None,
            item: first,
            dotted: Vec::new(),
            label: None,
        };
        while self.is('.') && self.kind(1) == Some(Kind::Word) {
            self.at += 1;
            let (_, next) = self.eat_word()?;
            path.dotted.push(std::mem::replace(&mut path.item, next));
        }
        if !path.dotted.is_empty() {
            path.dotted.push(path.item.clone());
        }
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

    pub(super) fn use_(&mut self) -> Option<Use> {
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

    pub(super) fn use_names(&mut self) -> Option<Vec<(Range<usize>, String)>> {
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

    pub(super) fn attributes(&mut self) {
        while self.is('@') && self.kind(1) == Some(Kind::Word) {
            self.at += 2;
            if self.is('(') {
                self.group();
            }
        }
    }
}
