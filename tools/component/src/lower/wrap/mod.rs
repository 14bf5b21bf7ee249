//! Step 1 of lowering: composes the component with shims, through which the host calls it and it
//! calls the host.

pub mod shims;

use super::error::{Error, Result};
use super::world::{or_no_wit, ComponentWorld};
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId};
use wit_component::{embed_component_metadata, ComponentEncoder, StringEncoding};
use wit_parser::{Resolve, WorldId, WorldItem};

/// Composes a component with an inner shim, which gives it what it imports, and an outer shim,
/// which exports what it exports. Returns the composition as a component.
pub fn wrap(world: &ComponentWorld, component: Vec<u8>) -> Result<Vec<u8>> {
    or_no_wit(|| compose(world, component))
}

fn compose(world: &ComponentWorld, component: Vec<u8>) -> Result<Vec<u8>> {
    let (imports, exports) = (&world.world().imports, &world.world().exports);
    let (resolve, inner) = shim_world(world, "rules-wit-inner", &[imports], imports);
    let inner = componentize(&resolve, inner, &shims::inner(&resolve, inner))?;
    let (resolve, outer) = shim_world(world, "rules-wit-outer", &[imports, exports], exports);
    let outer = componentize(&resolve, outer, &shims::outer(&resolve, outer))?;

    let mut graph = CompositionGraph::new();
    let inner = Part::new(&mut graph, "rules-wit:inner", inner)?;
    let middle = Part::new(&mut graph, "rules-wit:middle", component)?;
    let outer = Part::new(&mut graph, "rules-wit:outer", outer)?;
    middle.fill(&mut graph, &inner)?;
    // Its imports for types stay imports of the whole, where the types need a name.
    outer.fill(&mut graph, &middle)?;
    for name in &outer.exports {
        let node = graph
            .alias_instance_export(outer.instance, name)
            .map_err(|e| Error::library(&e))?;
        graph.export(node, name).map_err(|e| Error::library(&e))?;
    }
    graph
        .encode(EncodeOptions {
            validate: false,
            ..EncodeOptions::default()
        })
        .map_err(|e| Error::library(&e))
}

type Items = wit_parser::IndexMap<wit_parser::WorldKey, WorldItem>;

/// Adds a world that imports and exports these items of the component's world, without exported
/// types.
fn shim_world(
    world: &ComponentWorld,
    name: &str,
    imports: &[&Items],
    exports: &Items,
) -> (Resolve, WorldId) {
    let mut resolve = world.resolve.clone();
    let mut shim = world.world().clone();
    shim.name = name.to_owned();
    shim.imports = Items::new();
    for (key, item) in imports.iter().copied().flatten() {
        let entry = shim.imports.entry(key.clone());
        entry.or_insert_with(|| item.clone());
    }
    shim.exports = exports.clone();
    shim.exports
        .retain(|_, item| !matches!(item, WorldItem::Type { .. }));
    let package = shim.package;
    let id = resolve.worlds.alloc(shim);
    if let Some(package) = package {
        resolve.packages[package].worlds.insert(name.to_owned(), id);
    }
    (resolve, id)
}

/// Makes a component from the text of a module.
fn componentize(resolve: &Resolve, world: WorldId, text: &str) -> Result<Vec<u8>> {
    let mut module = wat::parse_str(text)?;
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8)
        .map_err(|e| Error::library(&*e))?;
    ComponentEncoder::default()
        .module(&module)
        .and_then(|encoder| encoder.encode())
        .map_err(|e| Error::library(&*e))
}

/// A component in the composition.
struct Part {
    instance: NodeId,
    imports: Vec<String>,
    exports: Vec<String>,
}

impl Part {
    fn new(graph: &mut CompositionGraph, name: &str, bytes: Vec<u8>) -> Result<Self> {
        let package = Package::from_bytes(name, None, bytes, graph.types_mut())
            .map_err(|e| Error::library(&*e))?;
        let world = package.ty();
        let package = graph
            .register_package(package)
            .map_err(|e| Error::library(&e))?;
        let world = &graph.types()[world];
        let (imports, exports) = (
            world.imports.keys().cloned().collect(),
            world.exports.keys().cloned().collect(),
        );
        Ok(Part {
            instance: graph.instantiate(package),
            imports,
            exports,
        })
    }

    /// Fills the imports that `plug` exports.
    fn fill(&self, graph: &mut CompositionGraph, plug: &Part) -> Result<()> {
        for import in self.imports.iter().filter(|i| plug.exports.contains(i)) {
            let node = graph
                .alias_instance_export(plug.instance, import)
                .map_err(|e| Error::library(&e))?;
            graph
                .set_instantiation_argument(self.instance, import, node)
                .map_err(|e| Error::library(&e))?;
        }
        Ok(())
    }
}
