//! The world of a component.

use super::error::{Error, Result};
use crate::error::{catch, causes, NO_WIT};
use wit_component::DecodedWasm;
use wit_parser::{Resolve, World, WorldId};

/// The world of a component, and its types.
pub struct ComponentWorld {
    pub resolve: Resolve,
    pub id: WorldId,
}

impl ComponentWorld {
    /// Reads the world of a component.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let decoded = or_no_wit(|| {
            wit_component::decode(bytes).map_err(|e| {
                let causes = causes(&*e);
                let root = causes.last().and_then(|c| c.lines().next());
                no_wit(root.unwrap_or_default())
            })
        })?;
        match decoded {
            DecodedWasm::Component(resolve, id) => Ok(ComponentWorld { resolve, id }),
            DecodedWasm::WitPackage(..) => Err(Error::WitPackage),
        }
    }

    /// The imports and exports.
    pub fn world(&self) -> &World {
        &self.resolve.worlds[self.id]
    }
}

/// Reads or writes a world. The libraries panic for some names and types that components may have
/// and WIT does not.
pub fn or_no_wit<T>(action: impl FnOnce() -> Result<T>) -> Result<T> {
    catch(action).unwrap_or_else(|| Err(no_wit("")))
}

fn no_wit(why: &str) -> Error {
    let what = match why {
        "" => NO_WIT.to_owned(),
        why => format!("{NO_WIT}: {why}"),
    };
    Error::unsupported(
        what,
        "build the component for a world, or compose it of components that are",
    )
}
