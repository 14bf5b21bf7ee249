//! What the files of this interpreter share: the world, the sources, and the resources of the script.

use crate::handles::Resources;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use wit_dylib::{ImportFunc, Source, Sources, World};

/// The state of the program beside the engine's.
pub struct Host {
    pub world: World,
    /// The main script first.
    pub sources: Vec<Source>,
    /// While scripts are loaded, imports cannot be called.
    pub loading: Cell<bool>,
    /// Whether an error was reported.
    pub failed: Cell<bool>,
    pub resources: Resources,
    /// Modules of scripts by the name of the source, `None` while they are loaded.
    pub modules: RefCell<HashMap<String, Option<rhai::Shared<rhai::Module>>>>,
}

impl Host {
    pub fn new(world: World, sources: Sources) -> Self {
        Host {
            world,
            sources: sources.iter().collect(),
            loading: Cell::new(true),
            failed: Cell::new(false),
            resources: Resources::default(),
            modules: RefCell::default(),
        }
    }

    /// The name of the main script.
    pub fn main(&self) -> &'static str {
        self.sources.first().map_or("", |source| source.name)
    }

    /// Whether no error was reported.
    pub fn is_fine(&self) -> bool {
        !self.failed.get()
    }

    /// An imported function. The version in `interface` may be a prefix, such as `wasi:cli/stderr@0.2`.
    pub fn find_import(&self, interface: &str, name: &str) -> Option<ImportFunc> {
        let matches = |func: &ImportFunc| {
            func.name() == name && func.interface().is_some_and(|i| i.starts_with(interface))
        };
        self.world.import_funcs().find(matches)
    }

    /// The imported interface that a name means, with or without its version. `None` if it means none, or several
    /// versions.
    pub fn find_interface(&self, name: &str) -> Option<&'static str> {
        let functions = self.world.import_funcs().filter_map(|f| f.interface());
        let resources = self.world.resources().filter(|r| !r.is_exported());
        let mut found = None;
        for interface in functions.chain(resources.filter_map(|r| r.interface())) {
            match interface.strip_prefix(name) {
                Some("") => return Some(interface),
                Some(rest) if rest.starts_with('@') => match found {
                    Some(other) if other != interface => return None,
                    _ => found = Some(interface),
                },
                _ => {}
            }
        }
        found
    }
}
