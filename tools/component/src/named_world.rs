//! Command-line arguments that name a world.

use rules_wit_common::Result;
use std::path::PathBuf;
use wit_parser::WorldId;
use wit_source::{parse, select_world, Features, Loaded};

/// A world and its packages.
#[derive(clap::Args)]
pub struct NamedWorld {
    /// The package of the world, in normal form.
    #[arg(long, value_name = "FILE", requires = "world")]
    wit: Option<PathBuf>,
    /// A package that it depends on, in normal form.
    #[arg(long = "dep", value_name = "FILE", requires = "wit")]
    deps: Vec<PathBuf>,
    /// The world: `world` or `ns:package/world@version`.
    #[arg(long, requires = "wit")]
    world: Option<String>,
    /// A feature whose `@unstable` items are included.
    #[arg(long = "feature", value_name = "NAME", requires = "wit")]
    features: Vec<String>,
}

impl NamedWorld {
    /// Whether one is named.
    pub fn is_given(&self) -> bool {
        self.wit.is_some()
    }

    /// Reads the packages and finds the world in them. `None` if no world is named.
    pub fn load(&self, label: Option<&str>) -> Result<Option<(Loaded, WorldId)>> {
        let (Some(wit), Some(world)) = (&self.wit, &self.world) else {
            return Ok(None);
        };
        let features = Features::Only(self.features.clone());
        let loaded = parse(label, std::slice::from_ref(wit), &self.deps)?.resolve(&features)?;
        let world = select_world(&loaded, label, world)?;
        Ok(Some((loaded, world)))
    }
}
