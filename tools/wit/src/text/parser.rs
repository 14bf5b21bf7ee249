//! A parser that never refuses: it takes what it knows, of any age, and steps over the rest.

use super::lex::{Kind, Token};
use super::outline::{Body, BodyKind, Name, Outline, PackageRef, Path, Scope, Stmt, Use};
use std::ops::Range;
use wit_parser::PackageName;

/// How deep packages and bodies nest before the rest is stepped over.
const DEPTH: usize = 100;

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
];

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

    fn body(&mut self, kind: BodyKind, name: String) -> Option<Body> {
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
        while self.at < self.tokens.len() && !self.is('}') {
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
            start,
            end,
            stmts,
        })
    }

    /// A statement of an interface, world or resource. `None` where nothing was taken.
    fn statement(&mut self) -> Option<Stmt> {
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
        let path = self.path()?;
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

    /// Whether, on a line of its own, something begins that can only be a new statement.
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

    /// Notes the token `i` if it is the name of a type.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_types() {
        let text = "interface i {\n  use a:b/c.{d, e as f};\n  record r { x: d, y: list<f> }\n  \
             variant v { a(g), b, }\n  enum n { one }\n  resource s { constructor(a: h); \
             m: func() -> %k; }\n  @since(version = 1.0.0)\n  type t = tuple<u8, l>;\n  \
             go: async func(p: m) -> result<_, o>;\n}";
        let outline = Outline::new(text);
        let body = &outline.top.bodies[0];
        let refs: Vec<&str> = body.refs().map(|(_, n)| n.as_str()).collect();
        assert_eq!(refs, ["d", "f", "g", "h", "k", "l", "m", "o"]);
        assert_eq!(body.defined(), ["d", "f", "r", "v", "n", "s", "t"]);
        assert!(outline.missing_semicolons.is_empty());
    }

    #[test]
    fn worlds_and_packages() {
        let text = "package a:b@1.0.0;\nworld w {\n  import c:d/e@0.2.0;\n  export f: interface { \
             use g:h/i.{j}; }\n  include k:l/m with { x as y }\n  import n: func(a: o);\n  \
             export p;\n}\npackage q:r { interface s {} }";
        let outline = Outline::new(text);
        let header = outline.header.as_ref().expect("header");
        assert_eq!(header.name.to_string(), "a:b@1.0.0");
        let paths: Vec<&str> = outline
            .top
            .paths()
            .iter()
            .map(|p| &text[p.range.clone()])
            .collect();
        assert_eq!(paths, ["c:d/e@0.2.0", "g:h/i", "k:l/m", "p"]);
        assert_eq!(outline.nested[0].0.name.to_string(), "q:r");
        assert!(outline.missing_semicolons.is_empty());
    }

    #[test]
    fn statements_without_semicolons() {
        let text =
            "interface i {\n  type a = u8\n  f: func(x: a) -> a\n  resource r\n  g: func()\n}";
        let found = Outline::new(text).missing_semicolons;
        let before: Vec<&str> = found.iter().map(|i| &text[i - 1..*i]).collect();
        assert_eq!(before, ["8", "a", "r", ")"]);
    }
}
