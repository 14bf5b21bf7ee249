//! The options that name a world or a package to generate code for.

use rules_wit_common::Result;
use std::path::PathBuf;
use wit_parser::{PackageId, Resolve, WorldId};
use wit_source::spans::{Places, Spans};
use wit_source::{parse, select_world, Features, Parsed, Sources};

/// A package, in the files that `wit resolve` writes.
#[derive(clap::Args)]
pub struct PackageArgs {
    /// The label of the Bazel target, for errors.
    #[arg(long)]
    label: Option<String>,
    /// The package, in normal form.
    #[arg(long, value_name = "FILE")]
    wit: PathBuf,
    /// A dependency, in normal form.
    #[arg(long = "dep", value_name = "FILE")]
    deps: Vec<PathBuf>,
    /// The locations of the items of a package, as `wit resolve` writes them.
    #[arg(long = "spans", value_name = "FILE")]
    spans: Vec<PathBuf>,
    /// A feature to enable; its `@unstable` items are generated.
    #[arg(long = "feature", value_name = "NAME")]
    features: Vec<String>,
}

impl PackageArgs {
    /// The label of the target.
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// The features whose `@unstable` items exist.
    pub fn features(&self) -> Features {
        Features::Only(self.features.clone())
    }

    /// Reads and parses the package and its dependencies.
    pub fn parse(&self) -> Result<Parsed> {
        let parsed = parse(self.label(), std::slice::from_ref(&self.wit), &self.deps)?;
        parsed.locate(&self.spans)
    }

    /// Reads the locations of items.
    pub fn spans(&self) -> Result<Vec<Spans>> {
        self.spans.iter().map(|file| Spans::read(file)).collect()
    }
}

/// A world of a package.
#[derive(clap::Args)]
pub struct WorldArgs {
    #[command(flatten)]
    package: PackageArgs,
    /// The world: `world` or `ns:package/world@version`.
    #[arg(long)]
    world: String,
}

impl WorldArgs {
    /// The label of the target.
    pub fn label(&self) -> Option<&str> {
        self.package.label()
    }

    /// Reads the world. Fails if the package does not resolve, or if there is no such world.
    pub fn read(&self) -> Result<World> {
        let loaded = self.package.parse()?.resolve(&self.package.features())?;
        let id = select_world(&loaded, self.label(), &self.world)?;
        Ok(World {
            id,
            package: loaded.resolve.worlds[id].package.unwrap_or(loaded.main),
            spans: self.package.spans()?,
            resolve: loaded.resolve,
            sources: loaded.sources,
        })
    }
}

/// A world with the packages that it uses.
pub struct World {
    /// The packages.
    pub resolve: Resolve,
    /// The world.
    pub id: WorldId,
    /// Its package.
    pub package: PackageId,
    /// The packages as they were read.
    pub sources: Sources,
    /// The locations of items in the sources of targets.
    pub spans: Vec<Spans>,
}

impl World {
    /// The name of the world in its package.
    pub fn short_name(&self) -> &str {
        &self.resolve.worlds[self.id].name
    }

    /// `ns:package/world@version`.
    pub fn name(&self) -> String {
        self.resolve.id_of_name(self.package, self.short_name())
    }

    /// Where items are declared.
    pub fn places(&self) -> Places<'_> {
        Places {
            sources: &self.sources,
            spans: &self.spans,
        }
    }
}
