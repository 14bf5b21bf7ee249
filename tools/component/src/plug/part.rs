//! The components of a composition.

use crate::error::causes;
use crate::input::{read_component, validate};
use rules_wit_common::{display_path, Diagnostic, Result};
use std::path::Path;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, NodeId, PackageId};

/// The file of a component, and the label of its target.
pub struct Input<'a> {
    pub path: &'a Path,
    pub label: Option<&'a str>,
}

/// The socket or a plug.
pub struct Part {
    /// The name in errors: the label, else the path.
    pub name: String,
    pub package: PackageId,
    pub instance: NodeId,
    /// The names of the imports.
    pub imports: Vec<String>,
    /// The names of the exports.
    pub exports: Vec<String>,
}

impl Part {
    /// Reads a component and instantiates it as the package `package_name`.
    pub fn open(
        graph: &mut CompositionGraph,
        input: &Input<'_>,
        package_name: &str,
    ) -> Result<Self> {
        let shown = display_path(input.path);
        let name = input.label.map_or(shown.clone(), str::to_owned);
        let bytes = read_component(input.path)?;
        validate(input.path, &bytes)?;
        let fail = |e: &(dyn std::error::Error + 'static)| unreadable(&shown, e);
        let package = Package::from_bytes(package_name, None, bytes, graph.types_mut())
            .map_err(|e| fail(e.as_ref()))?;
        let world = package.ty();
        let package = graph.register_package(package).map_err(|e| fail(&e))?;
        let world = &graph.types()[world];
        let (imports, exports) = (
            world.imports.keys().cloned().collect(),
            world.exports.keys().cloned().collect(),
        );
        Ok(Part {
            name,
            package,
            instance: graph.instantiate(package),
            imports,
            exports,
        })
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
