//! Manifests: which packages a package says that it uses, and where they are.
//!
//! Three dialects: `[dependencies]` with `name = { path, version }`; wit-deps' `deps.toml`, with
//! its entries at top level; `wkg.toml`, with `[overrides]` and `[workspace]`.

mod keys;
mod lock;
mod read;

pub use lock::{lock, Lock};
pub use read::manifest;

use crate::tree::File;
use rules_wit_common::Site;
use std::ops::Range;
use std::path::PathBuf;

/// Who reads a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `deps.toml` with `[dependencies]`.
    Sectioned,
    /// `deps.toml` of wit-deps.
    WitDeps,
    /// `wkg.toml`.
    Wkg,
}

/// A manifest.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The file.
    pub file: File,
    /// Who reads it.
    pub dialect: Dialect,
    /// The dependencies, in the order of the file.
    pub entries: Vec<Entry>,
    /// Whether some of it could not be read.
    pub is_partial: bool,
    /// Paths of `[workspace] members` that hold no `*`.
    pub members: Vec<(String, Range<usize>)>,
}

/// A dependency in a manifest.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The name that the manifest gives it.
    pub name: String,
    /// The place of the name.
    pub range: Range<usize>,
    /// From where.
    pub source: Source,
    /// The version that is asked for.
    pub version: Option<(String, Range<usize>)>,
}

/// Where a dependency is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A directory or file, relative to the manifest.
    Path(String, Range<usize>),
    /// Somewhere else: it is fetched into `deps`.
    Fetched,
}

impl Manifest {
    /// The place of a range.
    pub fn site(&self, range: &Range<usize>) -> Site {
        self.file.site(range)
    }

    /// The directories whose packages the manifest speaks for, the first that has some.
    pub fn homes(&self) -> [PathBuf; 2] {
        [self.file.dir.clone(), self.file.dir.join("wit")]
    }
}
