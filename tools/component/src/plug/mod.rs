//! Fills imports of one component, the socket, with exports of others, the plugs.

mod context;
mod errors;
mod part;
mod plan;
mod problems;
mod report;
mod wiring;

pub use part::Input;

use context::Context;
use part::Part;
use rules_wit_common::{Diagnostic, Failure, Result};
use wac_graph::types::World;
use wac_graph::CompositionGraph;
use wiring::Wiring;

/// A composed component.
pub struct Plugged {
    pub component: Vec<u8>,
    /// What was not plugged although it might be meant to be.
    pub warnings: Vec<Diagnostic>,
    /// What fills which import, and why, a line for each.
    pub report: Vec<String>,
}

/// Plugs `plugs` into `socket`. `component plug --help` describes which plug fills which import, and
/// what is an error if `strict` is set, else a warning.
pub fn plug<'a>(
    socket: &Input<'_>,
    plugs: impl Iterator<Item = Input<'a>>,
    strict: bool,
) -> Result<Plugged> {
    let mut graph = CompositionGraph::new();
    // The package names may be part of the result, and so must not depend on paths.
    let mut parts = vec![Part::open(&mut graph, socket, "rules-wit:socket", &[])?];
    for (i, plug) in plugs.enumerate() {
        let name = format!("rules-wit:plug{}", i + 1);
        let part = Part::open(&mut graph, &plug, &name, &parts)?;
        parts.push(part);
    }
    let worlds: Vec<&World> = parts.iter().map(|part| part.world(&graph)).collect();
    let wiring = Wiring::of(graph.types(), &worlds);
    let context = Context {
        packages: &graph,
        parts: &parts,
        worlds: &worlds,
        wiring: &wiring,
    };
    let (errors, warnings) = problems::of(&context, strict);
    if let Some(failure) = Failure::from_all(errors) {
        return Err(failure);
    }
    let encoded = plan::encode(&context)?;
    Ok(Plugged {
        report: report::lines(&context, &encoded),
        component: encoded.component,
        warnings,
    })
}
