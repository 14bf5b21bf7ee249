//! Lowers a component to one core module, for engines without the component model.

mod check;
mod dwarf;
mod error;
mod exceptions;
mod helpers;
mod link;
mod manifest;
mod merge;
mod mvp;
mod options;
mod single_memory;
mod size;
mod split_adapters;
mod translate;
mod world;
mod wrap;

pub use error::{Error, Result};
pub use options::{Bounds, Features, Memory, Options};

use crate::module::{gc, Keep};
use std::collections::HashMap;
use wasmparser::WasmFeatures;
use wasmtime_environ::ScopeVec;
use wit_component::{embed_component_metadata, StringEncoding};
use world::ComponentWorld;

/// A lowered component.
pub struct Lowered {
    /// The core module.
    pub module: Vec<u8>,
    /// The description of its imports and exports, as JSON.
    pub manifest: String,
}

/// Lowers a valid component. The same component gives the same bytes.
pub fn lower(component: &[u8], options: &Options) -> Result<Lowered> {
    let features = options.features();
    let world = checked_world(component)?;

    // `arena` holds the modules that are generated on the way.
    let arena = ScopeVec::new();
    let expanded = exceptions::expand(component)?;
    let wrapped = wrap::wrap(&world, &expanded)?;
    let translated = translate::translate(&wrapped, &arena)?;
    let linked = link::link(&translated, &arena, features.vectors())?;
    let merged = merge::merge(&linked)?;
    let (mut module, mut functions) = gc(&merged, kept(true))?;
    if options.memory == Memory::Single {
        (module, functions) = in_one_memory(&module, functions, options)?;
    }

    dwarf::carry(&linked, &functions, options.memory, &mut module);
    let manifest = manifest::manifest(&world, &module)?;
    embed_component_metadata(&mut module, &world.resolve, world.id, StringEncoding::UTF8)
        .map_err(|e| Error::library(&*e))?;
    check::lowered(&module, options)?;
    Ok(Lowered { module, manifest })
}

/// What step 5 keeps: imports too, so that the module keeps its world.
fn kept(data_count: bool) -> Keep {
    Keep {
        imports: true,
        data_count,
    }
}

/// Moves all memories of a module into one, and replaces what the engine lacks. `functions` maps
/// the functions of the merged module to those of `module`; the result maps them to those of the
/// new module.
fn in_one_memory(
    module: &[u8],
    functions: HashMap<u32, u32>,
    options: &Options,
) -> Result<(Vec<u8>, HashMap<u32, u32>)> {
    let features = options.features().set();
    check::memory(module)?;
    let module = single_memory::single_memory(module, options.bounds, features)?;
    check::replaceable(&module, options.features())?;
    let module = mvp::lower(&module, features)?;
    let data_count = features.contains(WasmFeatures::BULK_MEMORY);
    let (module, kept) = gc(&module, kept(data_count))?;
    // Both passes append functions and keep the indices of the others.
    let functions = functions
        .into_iter()
        .filter_map(|(merged, index)| Some((merged, *kept.get(&index)?)))
        .collect();
    Ok((module, functions))
}

/// Reads the world of a component and refuses what cannot be lowered.
fn checked_world(component: &[u8]) -> Result<ComponentWorld> {
    check::reserved_names(component)?;
    size::check(component)?;
    let world = ComponentWorld::decode(component)?;
    check::world(&world)?;
    check::nested_functions(component)?;
    Ok(world)
}
