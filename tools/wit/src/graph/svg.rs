//! The graph as a picture.

use super::model::{Edge, Model, Package};
use std::fmt::Write;
use picture::{Box, Line, Picture};

/// A picture of the graph, that stands for itself or in a page.
pub fn svg(model: &Model) -> String {
    let boxes = model.packages.iter().map(|p| Box {
        name: p.name.clone(),
        more: second_line(p),
        title: about(p),
        missing: p.missing,
    });
    let lines = model.edges.iter().map(|e| Line {
        from: e.from,
        to: e.to,
        lines: e.lines(),
        title: describe(model, e),
    });
    let count = model.packages.len();
    picture::svg(&Picture {
        about: format!("{count} WIT packages and what they use of each other"),
        boxes: boxes.collect(),
        lines: lines.collect(),
    })
}

fn second_line(package: &Package) -> String {
    let version = package.version.as_deref().unwrap_or("no version");
    if package.missing {
        return format!("{version} \u{b7} not found");
    }
    let mut out = version.to_owned();
    for (names, what) in [
        (&package.interfaces, "interface"),
        (&package.worlds, "world"),
    ] {
        if !names.is_empty() {
            let _ = write!(out, " \u{b7} {}", crate::check::count(names.len(), what));
        }
    }
    out
}

/// What an edge is, in full.
fn describe(model: &Model, edge: &Edge) -> String {
    let (from, to) = (&model.packages[edge.from], &model.packages[edge.to]);
    format!(
        "{} uses of {}:\n{}",
        from.id(),
        to.id(),
        edge.lines().join("\n")
    )
}

fn about(package: &Package) -> String {
    let mut out = package.id();
    if let Some(label) = &package.label {
        let _ = write!(out, "\n{label}");
    }
    for (names, what) in [
        (&package.interfaces, "interface"),
        (&package.worlds, "world"),
    ] {
        for name in names {
            let _ = write!(out, "\n{what} {name}");
        }
    }
    out
}
