//! A problem of a tree of packages, with its kind.

use rules_wit_common::Diagnostic;

/// The kind of a problem, as `wit check --json` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A file or directory cannot be read.
    Unreadable,
    /// A file does not parse.
    Syntax,
    /// No file of a directory has a `package` header.
    NoHeader,
    /// A used or declared package is not in the tree.
    MissingDependency,
    /// Packages depend on each other.
    Cycle,
    /// A package is in the tree, but with another version.
    VersionMismatch,
    /// WIT uses a package that its manifest does not declare.
    UndeclaredUse,
    /// The manifest declares a package that the WIT does not use.
    UnusedDependency,
    /// A package is defined more than once.
    DuplicatePackage,
    /// A dependency is nested in another one, and differs from the one that counts.
    IgnoredPackage,
    /// The files of a package are in several directories.
    SplitPackage,
    /// An unknown key in a manifest.
    UnknownKey,
    /// Any other error in a manifest.
    Manifest,
    /// A path to something outside of the checked directories.
    PathLeavesTree,
    /// An item that cannot be part of a component.
    NotEncodable,
    /// A name that does not exist, or another error between packages.
    Unresolved,
}

/// A diagnostic with its kind.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The kind.
    pub kind: Kind,
    /// The diagnostic.
    pub diagnostic: Diagnostic,
}

impl Problem {
    /// Creates a problem.
    pub fn new(kind: Kind, diagnostic: Diagnostic) -> Self {
        Problem { kind, diagnostic }
    }

    /// The path, line and column of its first site.
    pub fn location(&self) -> Option<(&str, usize, usize)> {
        let site = self.diagnostic.sites().first()?;
        Some((site.path(), site.line(), site.column()))
    }
}
