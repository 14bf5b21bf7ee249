//! Draws the graph as SVG.

use super::model::{Edge, Model, Package};
use crate::wording::count;
use picture::{Box, Line, Picture};
use std::fmt::Write;

/// An SVG document of the graph, which can also be embedded in a page.
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
    let packages = model.packages.len();
    picture::svg(&Picture {
        about: format!("{packages} WIT packages and their uses of each other"),
        boxes: boxes.collect(),
        lines: lines.collect(),
    })
}

/// The line below the name of a package.
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
            let _ = write!(out, " \u{b7} {}", count(names.len(), what));
        }
    }
    out
}

/// The tooltip of an edge.
fn describe(model: &Model, edge: &Edge) -> String {
    let (from, to) = (&model.packages[edge.from], &model.packages[edge.to]);
    format!(
        "{} uses from {}:\n{}",
        from.id(),
        to.id(),
        edge.lines().join("\n")
    )
}

/// The tooltip of a package.
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
