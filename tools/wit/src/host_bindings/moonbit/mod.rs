//! Writes MoonBit bindings over the package `component` of the rules, for programs that run components.

mod definitions;
mod exports;
mod imports;
mod values;
mod writer;

use super::world::World;
use writer::Writer;

/// The text of the package.
pub fn moonbit(world: &World<'_>, preamble: &str) -> String {
    let mut w = Writer {
        world,
        types: &world.types,
        out: preamble.to_owned(),
    };
    for (index, def) in world.types.defs.iter().enumerate() {
        w.definition(index, def);
        w.conversions(index, def);
    }
    for group in &world.imports {
        w.imports_of(group);
    }
    w.link();
    w.exports();
    w.out
}
