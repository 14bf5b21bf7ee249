//! What the libraries provide for each other.

use super::library_worlds::Worlds;
use super::object::Object;
use crate::types::find;
use rules_wit_common::{Diagnostic, Result};
use std::collections::BTreeMap;
use wit_parser::WorldKey;

/// An exported interface or function.
pub struct Export {
    /// The number of the library.
    pub library: usize,
    /// The key in the library's world.
    pub key: WorldKey,
}

/// What the libraries export, by its name in core modules.
pub struct Provided(BTreeMap<String, Export>);

impl Provided {
    /// Collects the exports. Fails if two libraries have the same.
    pub fn new(objects: &[Object], worlds: &Worlds) -> Result<Self> {
        let mut out: BTreeMap<String, Export> = BTreeMap::new();
        for (library, world) in worlds.worlds.iter().enumerate() {
            let Some(world) = world else { continue };
            for key in worlds.resolve.worlds[*world].exports.keys() {
                let name = worlds.resolve.name_world_key(key);
                if let Some(other) = out.get(&name) {
                    return Err(Diagnostic::new(format!(
                        "`{}` and `{}` both export `{name}`",
                        objects[other.library].shown, objects[library].shown
                    ))
                    .hint("link only one of them")
                    .into());
                }
                let key = key.clone();
                out.insert(name, Export { library, key });
            }
        }
        Ok(Provided(out))
    }

    /// All exports.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Export)> {
        self.0.iter()
    }

    /// Whether a library exports this name.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The export that satisfies an import of a library, and its name. It is never one of the
    /// library itself: a library that imports and exports the same passes it on.
    pub fn find(&self, library: usize, import: &str) -> Option<(&str, &Export)> {
        let others = self.0.iter().filter(|(_, e)| e.library != library);
        let name = find(others.map(|(name, _)| name.as_str()), import)?;
        let (name, export) = self.0.get_key_value(name)?;
        Some((name, export))
    }
}
