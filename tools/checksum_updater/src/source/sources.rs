//! All sources of a run.

use crate::http::Http;
use crate::registry::{PackageSource, Release};
use crate::source::api::Source;
use crate::source::{cargo, github, npm, pypi};

/// All sources. Dropping them deletes their temporary files.
pub struct Sources {
    http: Http,
    cargo: cargo::Cargo,
    npm: npm::Npm,
    pypi: pypi::Pypi,
}

impl Sources {
    /// Returns sources with the configuration of the user.
    pub fn new() -> Self {
        Sources {
            http: Http::from_environment(),
            cargo: cargo::Cargo::default(),
            npm: npm::Npm,
            pypi: pypi::Pypi,
        }
    }

    /// The source of a package registry.
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
