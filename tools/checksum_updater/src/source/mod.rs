//! Where files come from. Each source is behind [`Source`].

pub mod cargo;
pub mod client;
pub mod github;
pub mod npm;
pub mod pypi;

use crate::digest::Digest;
use crate::http::Http;
use crate::registry::{PackageSource, Release};
use rules_wit_common::Diagnostic;
use std::io::Read;

/// One file that a source has: an asset of a release, or a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The package's name, or the name of the asset.
    pub name: String,
    /// The version of the package or release.
    pub version: String,
    /// The file, where a version of a package has several. Of the right kind for what is wanted,
    /// though it may be that of another version.
    pub file: Option<String>,
}

/// What a source says of a file without downloading it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// The file's name, of sources where a version has several.
    pub file: Option<String>,
    /// The digest that the source publishes, if it does.
    pub digest: Option<Digest>,
    /// YYYY-MM-DD.
    pub date: Option<String>,
}

/// A registry of packages, or the releases of a repository.
pub trait Source {
    /// The newest version of a package (or, of a repository, the newest release).
    fn newest(&self, name: &str) -> Result<String, SourceError>;

    /// What the source says of a file.
    fn published(&self, item: &Item) -> Result<Published, SourceError>;

    /// Downloads a file anew and reads it.
    fn open(&self, item: &Item) -> Result<Box<dyn Read>, SourceError>;
}

/// Why a source did not give what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceError {
    /// Nobody answers, or nobody that can be trusted.
    Unreachable {
        /// What was asked for.
        what: String,
        /// Why not.
        why: String,
    },
    /// The source answers, and does not have it.
    NotFound {
        /// What was asked for.
        what: String,
        /// What the source says.
        why: String,
    },
    /// The source's own client finds other bytes than the source promises.
    Corrupt {
        /// What was asked for.
        what: String,
        /// What the client says.
        why: String,
    },
    /// The source breaks a rule: too large, a redirect to plain http.
    Refused {
        /// What was asked for.
        what: String,
        /// Which rule.
        why: String,
    },
}

impl SourceError {
    /// Whether only the network is at fault.
    pub fn is_unreachable(&self) -> bool {
        matches!(self, SourceError::Unreachable { .. })
    }

    /// The reason, without what was asked for.
    pub fn why(&self) -> &str {
        match self {
            SourceError::Unreachable { why, .. }
            | SourceError::NotFound { why, .. }
            | SourceError::Corrupt { why, .. }
            | SourceError::Refused { why, .. } => why,
        }
    }
}

impl From<SourceError> for Diagnostic {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Unreachable { what, why } => {
                Diagnostic::environment(format!("cannot reach {what}: {why}"))
                    .hint("check the network, and the configuration of proxies and mirrors")
            }
            SourceError::NotFound { what, why } => {
                Diagnostic::new(format!("{what} does not exist: {why}"))
                    .hint("check the name and the version")
            }
            SourceError::Corrupt { what, why } => {
                Diagnostic::new(format!("{what} is not what its source promises: {why}"))
                    .hint("do not use it; ask those who publish it, or who run the mirror")
            }
            SourceError::Refused { what, why } => {
                Diagnostic::new(format!("refusing {what}: {why}"))
                    .hint("ask those who run the server; the limits are in tools/checksum_updater/src/http.rs")
            }
        }
    }
}

/// All sources of one run; what they keep on disk goes with them.
pub struct Sources {
    http: Http,
    cargo: cargo::Cargo,
    npm: npm::Npm,
    pypi: pypi::Pypi,
}

impl Sources {
    /// Sources with the configuration of the user.
    pub fn new() -> Self {
        Sources {
            http: Http::from_environment(),
            cargo: cargo::Cargo::default(),
            npm: npm::Npm,
            pypi: pypi::Pypi,
        }
    }

    /// The source of packages of a kind.
    pub fn packages(&self, kind: PackageSource) -> &dyn Source {
        match kind {
            PackageSource::Crate => &self.cargo,
            PackageSource::Npm => &self.npm,
            PackageSource::Pypi => &self.pypi,
        }
    }

    /// The releases of a repository.
    pub fn releases<'a>(
        &'a self,
        repository: &'a str,
        release: &'a Release,
    ) -> github::Releases<'a> {
        github::Releases::new(&self.http, repository, release)
    }
}
