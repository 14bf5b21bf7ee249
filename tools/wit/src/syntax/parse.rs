//! Parses a whole file into its outline.

use super::cursor::{Cursor, DEPTH};
use super::lex::{lex, Kind};
use super::outline::{BodyKind, Name, Outline, Scope};

impl Outline {
    /// The outline of `text`, however broken it is.
    pub fn new(text: &str) -> Self {
        let tokens = lex(text);
        let parser = Parser {
            cursor: Cursor::new(text, &tokens),
            header: None,
            nested: Vec::new(),
        };
        parser.file()
    }
}

struct Parser<'a> {
    cursor: Cursor<'a>,
    header: Option<Name>,
    nested: Vec<(Name, Scope)>,
}

impl Parser<'_> {
    fn file(mut self) -> Outline {
        let mut top = Scope::default();
        while !self.cursor.is_at_end() {
            self.item(&mut top);
            // An unmatched closing brace.
            if self.cursor.is('}') {
                self.cursor.at += 1;
            }
        }
        Outline {
            header: self.header,
            top,
            nested: self.nested,
            missing_semicolons: self.cursor.missing_semicolons,
        }
    }

    fn item(&mut self, scope: &mut Scope) {
        self.cursor.attributes();
        let start = self.cursor.here();
        let is_default = self.cursor.word_at(0) == "default"
            && matches!(self.cursor.word_at(1), "interface" | "world");
        self.cursor.at += usize::from(is_default);
        match (self.cursor.word_at(0), self.cursor.kind(1)) {
            ("package", Some(Kind::Word)) => self.package(scope),
            ("use", _) => {
                let parsed = self.cursor.use_();
                scope.uses.extend(parsed);
            }
            (keyword @ ("interface" | "world"), Some(Kind::Word)) => {
                self.cursor.at += 1;
                let name = self.cursor.eat_word().map_or_else(String::new, |w| w.1);
                let kind = match keyword {
                    "world" => BodyKind::World,
                    _ => BodyKind::Interface,
                };
                if let Some(mut body) = self.cursor.body(kind, name) {
                    body.is_default = is_default;
                    scope.bodies.push(body);
                }
            }
            _ if self.cursor.is('}') => {}
            _ => {
                if self.cursor.statement().is_none() {
                    self.cursor.at += 1;
                }
                scope
                    .stray
                    .get_or_insert(start..self.cursor.last().max(start));
            }
        }
    }

    fn package(&mut self, scope: &mut Scope) {
        let back = self.cursor.at;
        self.cursor.at += 1;
        let Some(name) = self.cursor.name() else {
            self.cursor.at = back + 1;
            return;
        };
        if self.cursor.is('{') && self.cursor.depth < DEPTH {
            self.cursor.at += 1;
            self.cursor.depth += 1;
            let mut nested = Scope::default();
            while !self.cursor.is_at_end() && !self.cursor.is('}') {
                self.item(&mut nested);
            }
            self.cursor.eat('}');
            self.cursor.depth -= 1;
            self.nested.push((name, nested));
            return;
        }
        let is_first = self.header.is_none() && scope.bodies.is_empty();
        if is_first {
            self.header = Some(name);
        }
        self.cursor.semicolon();
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
