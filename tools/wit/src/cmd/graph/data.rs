//! Writes the graph as JSON, and in the language of Graphviz.

use super::model::Model;
use picture::quote_dot;
use std::fmt::Write;

/// The graph as JSON.
pub fn json(model: &Model) -> String {
    let mut text = serde_json::to_string_pretty(model).unwrap_or_default();
    text.push('\n');
    text
}

/// The graph in the language of Graphviz.
pub fn dot(model: &Model) -> String {
    let mut out = String::from("digraph packages {\n  rankdir = LR;\n  node [shape = box];\n");
    for package in &model.packages {
        let style = if package.missing {
            " [style = dashed]"
        } else {
            ""
        };
        let _ = writeln!(out, "  {}{style};", quote_dot(&package.id()));
    }
    for edge in &model.edges {
        let ids = [edge.from, edge.to].map(|i| quote_dot(&model.packages[i].id()));
        let label = quote_dot(&edge.lines().join("\n"));
        let _ = writeln!(out, "  {} -> {} [label = {label}];", ids[0], ids[1]);
    }
    out.push_str("}\n");
    out
}
