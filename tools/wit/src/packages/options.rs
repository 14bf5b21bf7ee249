//! The options of commands that write one package.

use super::load::Packages;
use super::selection::select;
use rules_wit_common::Result;
use std::path::PathBuf;
use wit_parser::PackageId;
use wit_source::Features;

/// The options of `wit closure` and `wit encode`: the packages, the one to write, and the output.
#[derive(clap::Args)]
pub struct Options {
    /// A directory with packages at any depth, a `.wit` file, or an encoded package.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// A file or directory with dependencies.
    #[arg(long = "dep", value_name = "PATH")]
    deps: Vec<PathBuf>,
    /// The package to write, `ns:name` or `ns:name@version` [default: the only one that no other
    /// package uses].
    #[arg(long, value_name = "PACKAGE")]
    package: Option<String>,
    /// A feature to enable: its `@unstable` items are written.
    #[arg(long = "feature", value_name = "NAME", value_delimiter = ',')]
    features: Vec<String>,
    /// Enable all features.
    #[arg(long, conflicts_with = "features")]
    all_features: bool,
    /// The output file; `-` is the standard output.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub output: PathBuf,
}

impl Options {
    /// Reads the packages, and selects the one to write.
    pub fn read(&self) -> Result<(Packages, PackageId)> {
        let features = match self.all_features {
            true => Features::All,
            false => Features::Only(self.features.clone()),
        };
        let packages = Packages::read(&self.paths, &self.deps, &features)?;
        let main = select(&packages, self.package.as_deref())?;
        Ok((packages, main))
    }
}
