//! The format of the registry's files, as `checksums/schema.json` documents it.

use indexmap::IndexMap;
use serde::Deserialize;

/// The content of a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolFile {
    /// The name of the tool, as in `TOOL_VERSIONS`.
    pub tool_name: String,
    /// The repository on GitHub, `owner/name`.
    pub github_repo: String,
    /// The highest version in `versions`.
    pub latest_version: String,
    /// The names of release archives, if there are any.
    #[serde(default)]
    pub release: Option<Release>,
    /// The versions, highest first.
    pub versions: IndexMap<String, VersionEntry>,
}

/// The names of the archives of a release.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The tag, with `{version}`.
    pub tag: String,
    /// The name of the archive, with `{version}` and `{url_suffix}`.
    pub asset: String,
    /// The path of the program in the archive; absent if the asset itself is the program.
    #[serde(default)]
    pub binary: Option<String>,
    /// The URL of the folder with the assets, for hosts other than GitHub.
    #[serde(default)]
    pub base_url: Option<String>,
}

/// One version.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionEntry {
    /// The date of the release, YYYY-MM-DD.
    #[serde(default)]
    pub release_date: Option<String>,
    /// The release archives by platform.
    pub platforms: IndexMap<String, Archive>,
    /// The packages in package registries.
    #[serde(default)]
    pub packages: Vec<Package>,
}

/// One release archive.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Archive {
    /// SHA-256 of the archive.
    pub sha256: String,
    /// The end of the archive's name.
    pub url_suffix: String,
    /// Whether the hash was computed from a download, rather than copied from a publication.
    pub verified: bool,
}

/// A package registry.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub enum PackageSource {
    /// The crate registry, accessed by cargo.
    Crate,
    /// The npm registry, accessed by npm.
    Npm,
    /// The Python package index, accessed by pip.
    Pypi,
}

impl PackageSource {
    /// The name in the files.
    pub fn name(self) -> &'static str {
        match self {
            PackageSource::Crate => "crate",
            PackageSource::Npm => "npm",
            PackageSource::Pypi => "pypi",
        }
    }
}

/// One package in a registry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// The registry.
    pub source: PackageSource,
    /// The name of the package in the registry.
    pub name: String,
    /// The version of the package, which may differ from the version of the tool.
    pub version: String,
    /// The file, if a version has several.
    #[serde(default)]
    pub file: Option<String>,
    /// The platform of the file.
    #[serde(default)]
    pub platform: Option<String>,
    /// SHA-256 of the file, for crates and Python packages.
    #[serde(default)]
    pub sha256: Option<String>,
    /// Subresource integrity, for npm packages.
    #[serde(default)]
    pub integrity: Option<String>,
    /// Whether the hash was computed from a download, rather than copied from a publication.
    pub verified: bool,
}

impl Package {
    /// The key of the digest, and the digest.
    pub fn digest(&self) -> (&'static str, &str) {
        match self.source {
            PackageSource::Npm => ("integrity", self.integrity.as_deref().unwrap_or_default()),
            _ => ("sha256", self.sha256.as_deref().unwrap_or_default()),
        }
    }
}
