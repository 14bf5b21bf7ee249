//! Draws the graph.

use super::model::{Edge, Model, Node};
use picture::{Box, Line, Picture};

/// Draws the graph as SVG.
pub fn svg(model: &Model) -> String {
    let boxes = model.nodes.iter().map(|n| Box {
        name: n.name.clone(),
        more: more(n),
        title: format!("{}\n{}", n.name, more(n)),
        missing: false,
    });
    let lines = model.edges.iter().map(|e| Line {
        from: e.from,
        to: e.to,
        lines: e.names.iter().cloned().collect(),
        title: describe(model, e),
    });
    let instances = model.nodes.iter().filter(|n| n.kind == "instance").count();
    picture::svg(&Picture {
        about: match instances {
            1 => "1 instance and its connections".to_owned(),
            n => format!("{n} instances and their connections"),
        },
        boxes: boxes.collect(),
        lines: lines.collect(),
    })
}

fn more(node: &Node) -> String {
    match (node.kind, node.instances) {
        ("imports", _) => "provided by the host".to_owned(),
        ("exports", _) => "provided by the component".to_owned(),
        ("modules", _) => "the component's own".to_owned(),
        (kind, 0) => kind.to_owned(),
        (kind, 1) => format!("{kind} \u{b7} 1 within"),
        (kind, n) => format!("{kind} \u{b7} {n} within"),
    }
}

/// The title of an edge.
fn describe(model: &Model, edge: &Edge) -> String {
    let name = |i: usize| model.nodes.get(i).map_or("", |n| n.name.as_str());
    let names: Vec<&str> = edge.names.iter().map(String::as_str).collect();
    format!(
        "{} uses {}:\n{}",
        name(edge.from),
        name(edge.to),
        names.join("\n")
    )
}
