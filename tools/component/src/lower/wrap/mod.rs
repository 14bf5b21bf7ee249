//! Step 1 of lowering, part two: composes the component with shims, through which the host calls it and it
//! calls the host.

mod composition;
pub mod shims;
mod worlds;

use super::error::{Error, Result};
use super::world::{or_no_wit, ComponentWorld};
use wit_component::{embed_component_metadata, ComponentEncoder, StringEncoding};
use worlds::Shim;

/// Composes a component with an inner shim, which gives it what it imports, and an outer shim, to
/// which it gives what it exports. Returns the composition as a component, which exports nothing.
pub fn wrap(world: &ComponentWorld, component: &[u8]) -> Result<Vec<u8>> {
    or_no_wit(|| {
        let shim = worlds::inner(world);
        let inner = componentize(&shim, &shims::inner(&shim))?;
        let shim = worlds::outer(world);
        let outer = componentize(&shim, &shims::outer(&shim))?;
        composition::compose(inner, component, &outer, &shim)
    })
}

/// Makes a component from the text of a module.
fn componentize(shim: &Shim, text: &str) -> Result<Vec<u8>> {
    let mut module = wat::parse_str(text)?;
    embed_component_metadata(&mut module, &shim.resolve, shim.world, StringEncoding::UTF8)
        .map_err(|e| Error::library(&*e))?;
    ComponentEncoder::default()
        .module(&module)
        .and_then(|encoder| encoder.encode())
        .map_err(|e| Error::library(&*e))
}
