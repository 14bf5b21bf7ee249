//! The contents of a manifest.

use crate::tree::File;
use rules_wit_common::Site;
use std::ops::Range;
use std::path::PathBuf;

/// The dialect of a manifest.
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
    /// Its dialect.
    pub dialect: Dialect,
    /// The dependencies, in the order of the file.
    pub entries: Vec<Entry>,
    /// Whether some of it has errors.
    pub is_partial: bool,
}

/// A dependency in a manifest.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name in the manifest.
    pub name: String,
    /// The range of the name.
    pub range: Range<usize>,
    /// Its source.
    pub source: Source,
    /// The required version or version requirement, with its range.
    pub version: Option<(String, Range<usize>)>,
}

/// The source of a dependency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A directory or file, relative to the manifest.
    Path(String, Range<usize>),
    /// An archive, which wit-deps unpacks into `deps`.
    Url {
        /// The address.
        url: String,
        /// The directory in the archive.
        prefix: String,
    },
    /// A registry, from which wkg fetches the package into `deps`.
    Registry,
}

impl Manifest {
    /// The site of a range.
    pub fn site(&self, range: &Range<usize>) -> Site {
        self.file.site(range)
    }

    /// The candidate directories of the packages that the manifest belongs to.
    pub fn homes(&self) -> [PathBuf; 2] {
        [self.file.dir.clone(), self.file.dir.join("wit")]
    }

    /// The directories into which tools put dependencies.
    pub fn deps_dirs(&self) -> [PathBuf; 2] {
        self.homes().map(|home| home.join("deps"))
    }
}
