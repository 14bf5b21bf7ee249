//! Finds the interfaces that define the types in exports of a composition.
//!
//! A component must import or export each type that its exports mention. An export that uses a type
//! of an interface has that type too, but not the types which that one consists of.

use super::connections::Composition;
use std::collections::{BTreeMap, HashSet};
use wac_graph::types::{InterfaceId, ItemKind, Type};
use wac_graph::NodeId;

/// An import that is provided, and that an export of the composition takes types from.
pub struct TypeSource {
    /// The instance.
    pub importer: NodeId,
    /// The import.
    pub import: String,
    /// The export of the composition.
    pub user: String,
    /// Whether the interface, and all that it uses, consist of types other than resources.
    pub plain: bool,
}

/// Exports of instances, each once.
#[derive(Default)]
struct Providers {
    all: Vec<(NodeId, String)>,
    seen: HashSet<(NodeId, String)>,
}

impl Composition<'_> {
    /// The imports of instances that exports of the composition take types from.
    pub fn type_sources(&self) -> Vec<TypeSource> {
        let mut out = Vec::new();
        let mut seen = HashSet::new();
        for (instance, export, user) in self.exported() {
            for (import, id) in self.used(instance, export) {
                if self.provider(instance, import).is_some() && seen.insert((instance, import)) {
                    out.push(TypeSource {
                        importer: instance,
                        import: import.to_owned(),
                        user: user.to_owned(),
                        plain: self.is_plain(id),
                    });
                }
            }
        }
        out
    }

    /// The exports of instances that provide types of exports of the composition, directly or
    /// through other interfaces: the instance and the name of the export. Those that others use come
    /// first.
    pub fn type_providers(&self) -> Vec<(NodeId, String)> {
        let mut providers = Providers::default();
        for (instance, export, _) in self.exported() {
            self.add_providers(&mut providers, instance, export);
        }
        providers.all
    }

    /// Adds the providers of the types of an export.
    fn add_providers(&self, providers: &mut Providers, instance: NodeId, export: &str) {
        for (import, _) in self.used(instance, export) {
            let Some(provider) = self.provider(instance, import) else {
                continue;
            };
            let Some(world) = self.world(provider.instance) else {
                continue;
            };
            for name in world.exports.keys() {
                let is_needed =
                    name == provider.export || self.uses(provider.instance, provider.export, name);
                let item = (provider.instance, name.clone());
                if is_needed && providers.seen.insert(item.clone()) {
                    self.add_providers(providers, provider.instance, name);
                    providers.all.push(item);
                }
            }
        }
    }

    /// The exports of the composition: the instance, its export, and the name of the export.
    pub(super) fn exported(&self) -> impl Iterator<Item = (NodeId, &str, &str)> {
        self.graph.node_ids().filter_map(|node| {
            let user = self.graph[node].export_name()?;
            let (instance, export) = self.graph.get_alias_source(node)?;
            Some((instance, export, user))
        })
    }

    /// The imports of an instance that one of its exports takes types from, directly or through
    /// other interfaces.
    fn used(&self, instance: NodeId, export: &str) -> BTreeMap<&str, InterfaceId> {
        let Some(world) = self.world(instance) else {
            return BTreeMap::new();
        };
        let imports = world
            .imports
            .iter()
            .filter_map(|(name, item)| Some((Self::interface(item)?, name.as_str())));
        let Some(ItemKind::Instance(id)) = world.exports.get(export) else {
            // Of functions, it is not known which interfaces they use.
            return imports.map(|(id, name)| (name, id)).collect();
        };
        let used = self.closure(*id);
        imports
            .filter(|(id, _)| used.contains(id))
            .map(|(id, name)| (name, id))
            .collect()
    }

    /// Whether an export of an instance takes types from another one.
    fn uses(&self, instance: NodeId, export: &str, other: &str) -> bool {
        let Some(world) = self.world(instance) else {
            return false;
        };
        let interface = |name: &str| world.exports.get(name).and_then(Self::interface);
        match (interface(export), interface(other)) {
            (Some(export), Some(other)) => export != other && self.closure(export).contains(&other),
            _ => false,
        }
    }

    /// An interface, and all that it uses.
    fn closure(&self, id: InterfaceId) -> HashSet<InterfaceId> {
        let mut out = HashSet::from([id]);
        let mut todo = vec![id];
        while let Some(next) = todo.pop() {
            for used in self.graph.types()[next].uses.values() {
                if out.insert(used.interface) {
                    todo.push(used.interface);
                }
            }
        }
        out
    }

    fn is_plain(&self, id: InterfaceId) -> bool {
        let types = self.graph.types();
        self.closure(id).into_iter().all(|id| {
            let mut items = types[id].exports.values();
            items.all(|item| match item {
                ItemKind::Type(ty) => !matches!(ty, Type::Resource(_)),
                _ => false,
            })
        })
    }
}
