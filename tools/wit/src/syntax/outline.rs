//! The outline of a WIT file: packages, interfaces, worlds and names, with their ranges.

use std::ops::Range;
use wit_parser::PackageName;

/// The outline of a file.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// The `package` header.
    pub header: Option<Name>,
    /// The items at file level, outside of nested packages.
    pub top: Scope,
    /// Nested packages, `package a:b { ... }`.
    pub nested: Vec<(Name, Scope)>,
    /// The offsets at which a semicolon is missing.
    pub missing_semicolons: Vec<usize>,
}

/// The items of a package.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Uses outside of any interface or world.
    pub uses: Vec<Use>,
    /// Interfaces and worlds.
    pub bodies: Vec<Body>,
    /// The first type or function outside of any interface or world.
    pub stray: Option<Range<usize>>,
}

/// The declaration of a package's name.
#[derive(Clone, Debug)]
pub struct Name {
    /// Its range, including the version.
    pub range: Range<usize>,
    /// The name, without an invalid version.
    pub name: PackageName,
}

/// The package of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageRef {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The version as written.
    pub version: Option<String>,
}

/// The name of an interface or world: `item` or `ns:package/item@version`, or of WIT of 2022 and 2023
/// such as `pkg.document.item`.
#[derive(Clone, Debug)]
pub struct Path {
    /// Its range.
    pub range: Range<usize>,
    /// The package, if named.
    pub package: Option<PackageRef>,
    /// The name of the interface or world, without `%`.
    pub item: String,
    /// The words of a path of WIT of 2022 and 2023 with dots, such as `self.item` or
    /// `dependency.document`; empty otherwise.
    pub dotted: Vec<String>,
    /// The range of a label before it, `label: `, in an import or export.
    pub label: Option<Range<usize>>,
}

/// A `use`.
#[derive(Clone, Debug)]
pub struct Use {
    /// The statement with its semicolon.
    pub range: Range<usize>,
    /// The interface it takes names from.
    pub path: Path,
    /// The names in braces: the range including `as`, and the name in this scope.
    pub names: Option<Vec<(Range<usize>, String)>>,
    /// Whether it has the form of WIT of 2022: `use { a, b } from c`.
    pub is_old: bool,
}

/// The kind of a body.
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
    /// Its kind.
    pub kind: BodyKind,
    /// Its name, without `%`.
    pub name: String,
    /// Whether it is the default of its file, as in WIT of 2022 and 2023.
    pub is_default: bool,
    /// The offset after the opening brace.
    pub start: usize,
    /// The offset of the closing brace.
    pub end: usize,
    /// Its statements, in order.
    pub stmts: Vec<Stmt>,
}

/// A statement of a body.
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
        /// The names of the types that it refers to.
        refs: Vec<(Range<usize>, String)>,
    },
}

impl Outline {
    /// The packages that the file declares, each with its items. The name is `None` for the items at
    /// file level if there is no header.
    pub fn packages(&self) -> impl Iterator<Item = (Option<&Name>, &Scope)> {
        std::iter::once((self.header.as_ref(), &self.top))
            .chain(self.nested.iter().map(|(n, s)| (Some(n), s)))
    }
}

impl PackageRef {
    /// The package as written. An invalid version is left out.
    pub fn to_name(&self) -> PackageName {
        PackageName {
            namespace: self.namespace.clone(),
            name: self.name.clone(),
            version: self.version.as_ref().and_then(|v| v.parse().ok()),
        }
    }
}

impl Scope {
    /// All paths in it.
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

    /// The names of the types that the body defines or uses.
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

    /// The names of the types that the body refers to, without those of inline interfaces.
    pub fn refs(&self) -> impl Iterator<Item = &(Range<usize>, String)> {
        self.stmts.iter().flat_map(|s| match s {
            Stmt::Item { refs, .. } => refs.as_slice(),
            _ => &[],
        })
    }

    /// The `use` statements, without those of inline interfaces.
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
