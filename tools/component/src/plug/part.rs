//! The components of a composition.

use crate::error::causes;
use crate::input::{check_code, read_component, validate};
use rules_wit_common::{display_path, Diagnostic, Result};
use std::path::Path;
use wac_graph::types::{Package, Types, World};
use wac_graph::{CompositionGraph, PackageId};

/// The file of a component, and the label of its target.
pub struct Input<'a> {
    pub path: &'a Path,
    pub label: Option<&'a str>,
}

/// The socket or a plug.
pub struct Part {
    /// The name in errors: the label, else the path.
    pub name: String,
    /// The name in the composition: the label, else the name of the file, as paths must not change
    /// the result.
    pub node: String,
    pub package: PackageId,
}

impl Part {
    /// Reads a component and registers it as the package `package_name`, if it is none of `others`: a
    /// component that is there several times is once in the result, with several instances.
    pub fn open(
        graph: &mut CompositionGraph,
        input: &Input<'_>,
        package_name: &str,
        others: &[Part],
    ) -> Result<Self> {
        let shown = display_path(input.path);
        let stem = input.path.file_stem().unwrap_or_default();
        let label = |other: &str| input.label.unwrap_or(other).to_owned();
        let bytes = read_component(input.path)?;
        validate(input.path, &bytes)?;
        check_code(input.path, &bytes)?;
        let mut others = others.iter().map(|other| other.package);
        let package = match others.find(|other| graph[*other].bytes() == bytes) {
            Some(same) => same,
            None => {
                let fail = |e: &(dyn std::error::Error + 'static)| unreadable(&shown, e);
                let package = Package::from_bytes(package_name, None, bytes, graph.types_mut())
                    .map_err(|e| fail(e.as_ref()))?;
                graph.register_package(package).map_err(|e| fail(&e))?
            }
        };
        Ok(Part {
            name: label(&shown),
            node: label(&stem.to_string_lossy()),
            package,
        })
    }

    /// The world of the component.
    pub fn world<'a>(&self, graph: &'a CompositionGraph) -> &'a World {
        let types: &Types = graph.types();
        &types[graph[self.package].ty()]
    }
}

/// The library cannot read a component that is valid.
fn unreadable(path: &str, error: &(dyn std::error::Error + 'static)) -> Diagnostic {
    Diagnostic::new(format!(
        "cannot read the types of `{path}`: {}",
        causes(error).join(": ")
    ))
    .hint("rebuild it with current tools")
}
