//! The interface of all sources.

use crate::digest::Digest;
use crate::source_error::SourceError;
use std::io::Read;

/// A file of a source: an asset of a release, or a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The name of the package or asset.
    pub name: String,
    /// The version of the package or release.
    pub version: String,
    /// The file, if a version of the package has several. It may be the file of another version, which
    /// has the same platform.
    pub file: Option<String>,
}

/// The metadata of a file, known without downloading it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// The name of the file, for sources where a version has several.
    pub file: Option<String>,
    /// The digest that the source publishes, if it does.
    pub digest: Option<Digest>,
    /// The date of the release, YYYY-MM-DD.
    pub date: Option<String>,
}

/// A package registry, or the releases of a repository.
pub trait Source {
    /// Returns the newest version of a package, or the newest release of a repository.
    fn newest(&self, name: &str) -> Result<String, SourceError>;

    /// Returns the metadata of a file.
    fn published(&self, item: &Item) -> Result<Published, SourceError>;

    /// Downloads a file, ignoring caches, and returns its content.
    fn open(&self, item: &Item) -> Result<Box<dyn Read>, SourceError>;
}
