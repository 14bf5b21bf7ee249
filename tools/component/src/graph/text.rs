//! Writes the graph as JSON and in the DOT language of Graphviz.

use super::model::Model;
use picture::quote_dot;
use serde_json::json;
use std::fmt::Write;

/// Writes the graph as JSON: `nodes` with `kind`, `name` and `instances` (the number within, unless
/// 0), and `edges` with the indices of the nodes `from`, which uses items, and `to`, which provides
/// them, and with the `names` of the items.
pub fn json(model: &Model) -> String {
    let nodes = model.nodes.iter().map(|n| match n.instances {
        0 => json!({"kind": n.kind, "name": n.name}),
        instances => json!({"kind": n.kind, "name": n.name, "instances": instances}),
    });
    let edges = model.edges.iter();
    let edges = edges.map(|e| json!({"from": e.from, "to": e.to, "names": e.names}));
    let value = json!({
        "nodes": nodes.collect::<Vec<_>>(),
        "edges": edges.collect::<Vec<_>>(),
    });
    let mut text = serde_json::to_string_pretty(&value).unwrap_or_default();
    text.push('\n');
    text
}

/// Writes the graph in the DOT language.
pub fn dot(model: &Model) -> String {
    let mut out = String::from("digraph component {\n  rankdir = LR;\n  node [shape = box];\n");
    for node in &model.nodes {
        let style = match node.kind {
            "instance" | "modules" => "",
            _ => " [style = dashed]",
        };
        let _ = writeln!(out, "  {}{style};", quote_dot(&node.name));
    }
    for edge in &model.edges {
        let ends = [edge.from, edge.to].map(|i| model.nodes.get(i).map_or("", |n| n.name.as_str()));
        let names: Vec<&str> = edge.names.iter().map(String::as_str).collect();
        let label = quote_dot(&names.join("\n"));
        let [from, to] = ends.map(quote_dot);
        let _ = writeln!(out, "  {from} -> {to} [label = {label}];");
    }
    out.push_str("}\n");
    out
}
