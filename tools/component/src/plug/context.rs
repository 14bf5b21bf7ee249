//! The parts of a composition, and what connects them.

use super::part::Part;
use super::wiring::{Item, Wiring};
use crate::types::{differences, Expected};
use wac_graph::types::{ItemKind, World};
use wac_graph::CompositionGraph;

/// The parts and their connections.
pub struct Context<'a> {
    /// A graph with the packages of the parts, and no nodes.
    pub packages: &'a CompositionGraph,
    pub parts: &'a [Part],
    pub worlds: &'a [&'a World],
    pub wiring: &'a Wiring,
}

impl Context<'_> {
    /// The name of the part of an item, for errors.
    pub fn name(&self, item: Item) -> &str {
        &self.parts[item.part].name
    }

    /// The name of an import.
    pub fn import(&self, item: Item) -> &str {
        let import = self.worlds[item.part].imports.get_index(item.item);
        import.map_or("", |(name, _)| name)
    }

    /// The name of an export.
    pub fn export(&self, item: Item) -> &str {
        let export = self.worlds[item.part].exports.get_index(item.item);
        export.map_or("", |(name, _)| name)
    }

    /// The type of an import.
    pub fn imported(&self, item: Item) -> Option<ItemKind> {
        let import = self.worlds[item.part].imports.get_index(item.item);
        import.map(|(_, kind)| *kind)
    }

    /// The type of an export.
    pub fn exported(&self, item: Item) -> Option<ItemKind> {
        let export = self.worlds[item.part].exports.get_index(item.item);
        export.map(|(_, kind)| *kind)
    }

    /// The first difference between the types of an import and an export.
    pub fn difference(&self, import: Item, export: Item) -> String {
        let (Some(given), Some(wanted)) = (self.exported(export), self.imported(import)) else {
            return String::new();
        };
        let types = self.packages.types();
        let all = differences(types, given, wanted, Expected::Wanted);
        all.into_iter().next().unwrap_or_default()
    }
}
