//! The instances in a component as a graph.

use std::collections::BTreeSet;

/// The graph of a component.
pub struct Model {
    pub nodes: Vec<Node>,
    /// The edges, ordered by their ends.
    pub edges: Vec<Edge>,
}

/// A node.
pub struct Node {
    /// `imports`, `exports`, `modules` (the component's own) or `instance`.
    pub kind: &'static str,
    /// A unique name.
    pub name: String,
    /// The number of instances of components within it.
    pub instances: usize,
}

/// An edge.
pub struct Edge {
    /// The index of the node that uses items.
    pub from: usize,
    /// The index of the node that provides them.
    pub to: usize,
    /// The names of the items.
    pub names: BTreeSet<String>,
}
