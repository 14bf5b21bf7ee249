//! What a WIT file holds, and where.

use super::lex::{lex, Token};
use super::parser::Parser;
use std::ops::Range;
use wit_parser::PackageName;

/// The outline of a file.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// The `package` header.
    pub header: Option<Name>,
    /// What stands at file level, outside of nested packages.
    pub top: Scope,
    /// Nested packages, `package a:b { ... }`.
    pub nested: Vec<(Name, Scope)>,
    /// Where a semicolon is missing.
    pub missing_semicolons: Vec<usize>,
}

/// What stands in a package.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Uses outside of any interface or world.
    pub uses: Vec<Use>,
    /// Interfaces and worlds.
    pub bodies: Vec<Body>,
    /// The first thing that belongs into an interface or world and is not in one.
    pub stray: Option<Range<usize>>,
}

/// The name of a package, where it is declared.
#[derive(Clone, Debug)]
pub struct Name {
    /// Its place, with the version.
    pub range: Range<usize>,
    /// The name; a version that is none is left out.
    pub name: PackageName,
}

/// A package that a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageRef {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The version as written.
    pub version: Option<String>,
}

/// The name of an interface or world, perhaps with its package.
#[derive(Clone, Debug)]
pub struct Path {
    /// Its place.
    pub range: Range<usize>,
    /// The package.
    pub package: Option<PackageRef>,
    /// The name of the interface or world, without `%`.
    pub item: String,
    /// Where `pkg.` or `self.` stands before the name, as in WIT of 2022 and 2023.
    pub old_prefix: Option<Range<usize>>,
}

/// A `use`.
#[derive(Clone, Debug)]
pub struct Use {
    /// The statement with its semicolon.
    pub range: Range<usize>,
    /// From where.
    pub path: Path,
    /// The names in braces: as written, with `as`, and under which name.
    pub names: Option<Vec<(Range<usize>, String)>>,
    /// Whether it is `use { a, b } from c`, as in WIT of 2022.
    pub is_old: bool,
}

/// Whether a body is an interface or a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// `interface x { }`
    Interface,
    /// `world x { }`
    World,
    /// `import x: interface { }`, and the same for `export`.
    Inline,
}

/// An interface or world.
#[derive(Clone, Debug)]
pub struct Body {
    /// Which it is.
    pub kind: BodyKind,
    /// Its name, without `%`.
    pub name: String,
    /// Behind the opening brace.
    pub start: usize,
    /// At the closing brace.
    pub end: usize,
    /// What it holds, in order.
    pub stmts: Vec<Stmt>,
}

/// What a body holds.
#[derive(Clone, Debug)]
pub enum Stmt {
    /// `use a.{b};`
    Use(Use),
    /// `import`, `export` or `include` of a path.
    Path(Path),
    /// An interface within a world.
    Inline(Body),
    /// A type or function.
    Item {
        /// The name of the type, without `%`.
        defines: Option<String>,
        /// The names of types in it.
        refs: Vec<(Range<usize>, String)>,
    },
}

impl Outline {
    /// The outline of `text`, however broken that is.
    pub fn new(text: &str) -> Self {
        let tokens: Vec<Token> = lex(text);
        Parser::new(text, &tokens).file()
    }

    /// The names of packages that the file declares, each with what is in it. The name is `None`
    /// for what stands at file level without a header.
    pub fn packages(&self) -> impl Iterator<Item = (Option<&Name>, &Scope)> {
        std::iter::once((self.header.as_ref(), &self.top))
            .chain(self.nested.iter().map(|(n, s)| (Some(n), s)))
    }
}

impl Scope {
    /// All paths.
    pub fn paths(&self) -> Vec<&Path> {
        let mut out: Vec<&Path> = self.uses.iter().map(|u| &u.path).collect();
        for body in &self.bodies {
            body.paths(&mut out);
        }
        out
    }
}

impl Body {
    fn paths<'a>(&'a self, out: &mut Vec<&'a Path>) {
        for stmt in &self.stmts {
            match stmt {
                Stmt::Use(u) => out.push(&u.path),
                Stmt::Path(p) => out.push(p),
                Stmt::Inline(b) => b.paths(out),
                Stmt::Item { .. } => {}
            }
        }
    }

    /// The names of types that exist in the body.
    pub fn defined(&self) -> Vec<&str> {
        let mut out = Vec::new();
        for stmt in &self.stmts {
            match stmt {
                Stmt::Use(u) => out.extend(u.names.iter().flatten().map(|(_, n)| n.as_str())),
                Stmt::Item { defines, .. } => out.extend(defines.as_deref()),
                Stmt::Path(_) | Stmt::Inline(_) => {}
            }
        }
        out
    }

    /// The names of types that the body needs, without those of inline interfaces.
    pub fn refs(&self) -> impl Iterator<Item = &(Range<usize>, String)> {
        self.stmts.iter().flat_map(|s| match s {
            Stmt::Item { refs, .. } => refs.as_slice(),
            _ => &[],
        })
    }

    /// The uses, without those of inline interfaces.
    pub fn uses(&self) -> impl Iterator<Item = &Use> {
        self.stmts.iter().filter_map(|s| match s {
            Stmt::Use(u) => Some(u),
            _ => None,
        })
    }

    /// The inline interfaces.
    pub fn inline(&self) -> impl Iterator<Item = &Body> {
        self.stmts.iter().filter_map(|s| match s {
            Stmt::Inline(b) => Some(b),
            _ => None,
        })
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
