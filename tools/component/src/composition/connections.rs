//! A graph of components with its connections.

use std::collections::HashMap;
use wac_graph::types::{InterfaceId, ItemKind, World};
use wac_graph::{CompositionGraph, NodeId, NodeKind};

/// A graph of components with its connections.
pub struct Composition<'a> {
    pub graph: &'a CompositionGraph,
    /// The nodes that provide the imports of instances.
    arguments: HashMap<(NodeId, &'a str), NodeId>,
    /// Names of instances in place of those in the graph.
    names: HashMap<NodeId, String>,
}

/// The provider of an import: an export of an instance.
#[derive(Clone, Copy)]
pub struct Provider<'a> {
    pub instance: NodeId,
    pub export: &'a str,
}

impl<'a> Composition<'a> {
    /// Reads the connections of a graph. `names` has the names of instances, where they differ from
    /// those in the graph.
    pub fn of(graph: &'a CompositionGraph, names: HashMap<NodeId, String>) -> Self {
        let mut arguments = HashMap::new();
        for node in graph.node_ids() {
            for (import, argument) in graph.get_instantiation_arguments(node) {
                arguments.insert((node, import), argument);
            }
        }
        Composition {
            graph,
            arguments,
            names,
        }
    }

    /// The instances of components, with their worlds.
    pub fn instances(&self) -> impl Iterator<Item = (NodeId, &'a World)> + '_ {
        let nodes = self.graph.node_ids();
        nodes.filter_map(|node| Some((node, self.world(node)?)))
    }

    /// The world of an instance; `None` for other nodes.
    pub fn world(&self, node: NodeId) -> Option<&'a World> {
        let NodeKind::Instantiation(_) = self.graph[node].kind() else {
            return None;
        };
        let package = self.graph[node].package()?;
        Some(&self.graph.types()[self.graph[package].ty()])
    }

    /// The name of an instance: the given one, that of the node, or that of the package.
    pub fn name(&self, id: NodeId) -> String {
        let node = &self.graph[id];
        let given = self.names.get(&id).map(String::as_str).or(node.name());
        let package = || node.package().map(|package| self.graph[package].name());
        given.or_else(package).unwrap_or_default().to_owned()
    }

    /// The provider of an import. `None` if it stays an import, or is not provided by an export.
    pub fn provider(&self, instance: NodeId, import: &str) -> Option<Provider<'a>> {
        let argument = self.arguments.get(&(instance, import))?;
        let (instance, export) = self.graph.get_alias_source(*argument)?;
        Some(Provider { instance, export })
    }

    /// Whether an import of an instance stays an import.
    pub fn is_open(&self, instance: NodeId, import: &str) -> bool {
        !self.arguments.contains_key(&(instance, import))
    }

    /// The interface of an item, if it is an instance.
    pub fn interface(item: &ItemKind) -> Option<InterfaceId> {
        match item {
            ItemKind::Instance(id) => Some(*id),
            _ => None,
        }
    }
}
