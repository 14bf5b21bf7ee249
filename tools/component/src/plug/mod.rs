//! Fills imports of one component, the socket, with exports of others, the plugs.

mod errors;
mod part;

pub use part::Input;

use crate::types::{differences, find, lines, Expected};
use part::Part;
use rules_wit_common::{Diagnostic, Failure, Result};
use std::collections::BTreeSet;
use wac_graph::{CompositionGraph, EncodeOptions};

/// Plugs `plugs` into `socket`; returns the composed component. `component plug --help` describes
/// which plug fills which import. Fails if a plug has an import's name but not its type, or is not
/// used.
pub fn plug<'a>(socket: &Input<'_>, plugs: impl Iterator<Item = Input<'a>>) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    // The package names are part of the result, and so must not depend on paths.
    let mut parts = vec![Part::open(&mut graph, socket, "rules-wit:socket")?];
    for (i, plug) in plugs.enumerate() {
        let name = format!("rules-wit:plug{}", i + 1);
        parts.push(Part::open(&mut graph, &plug, &name)?);
    }
    let mut composer = Composer {
        graph,
        parts,
        uses: BTreeSet::new(),
    };
    composer.fill_all()?;
    composer.check_use()?;
    composer.export_socket()?;
    composer
        .graph
        .encode(EncodeOptions::default())
        .map_err(|e| errors::graph(&e).into())
}

struct Composer {
    graph: CompositionGraph,
    /// The socket, then the plugs.
    parts: Vec<Part>,
    /// Pairs of parts of which the first uses exports of the second.
    uses: BTreeSet<(usize, usize)>,
}

impl Composer {
    fn fill_all(&mut self) -> Result<()> {
        let mut problems = Vec::new();
        for importer in 0..self.parts.len() {
            for import in self.parts[importer].imports.clone() {
                match self.fill(importer, &import) {
                    Ok(()) => {}
                    Err(d) => problems.push(*d),
                }
            }
        }
        Failure::from_all(problems).map_or(Ok(()), Err)
    }

    /// Fills an import with an export of the first plug that has it.
    fn fill(&mut self, importer: usize, import: &str) -> Result<(), Box<Diagnostic>> {
        for exporter in 1..self.parts.len() {
            if exporter == importer || self.needs(exporter, importer) {
                continue;
            }
            let exports = self.parts[exporter].exports.iter().map(String::as_str);
            let Some(export) = find(exports, import).map(str::to_owned) else {
                continue;
            };
            let types = self.graph.types();
            let world = |part: &Part| &types[self.graph[part.package].ty()];
            let given = world(&self.parts[exporter]).exports[&export];
            let wanted = world(&self.parts[importer]).imports[import];
            let differences = differences(types, given, wanted, Expected::Wanted);
            if !differences.is_empty() {
                return Err(Box::new(errors::mismatch(
                    &self.parts[importer],
                    import,
                    &self.parts[exporter],
                    &export,
                    &differences,
                    (&lines(types, wanted), &lines(types, given)),
                )));
            }
            let fail = |e: &(dyn std::error::Error + 'static)| Box::new(errors::graph(e));
            let node = self
                .graph
                .alias_instance_export(self.parts[exporter].instance, &export)
                .map_err(|e| fail(&e))?;
            self.graph
                .set_instantiation_argument(self.parts[importer].instance, import, node)
                .map_err(|e| fail(&e))?;
            self.uses.insert((importer, exporter));
            return Ok(());
        }
        Ok(())
    }

    /// Whether `part` uses exports of `other`, directly or through other parts.
    fn needs(&self, part: usize, other: usize) -> bool {
        let mut seen = BTreeSet::from([part]);
        let mut todo = vec![part];
        while let Some(next) = todo.pop() {
            for (importer, exporter) in &self.uses {
                if *importer == next && seen.insert(*exporter) {
                    todo.push(*exporter);
                }
            }
        }
        seen.contains(&other)
    }

    /// Checks that the socket uses every plug, directly or through other plugs.
    fn check_use(&self) -> Result<()> {
        let problems = (1..self.parts.len())
            .filter(|plug| !self.needs(0, *plug))
            .map(|plug| {
                let importers: Vec<&Part> = (0..self.parts.len())
                    .filter(|p| *p != plug)
                    .map(|p| &self.parts[p])
                    .filter(|p| !p.imports.is_empty())
                    .collect();
                errors::useless(&self.parts[0], &importers, &self.parts[plug])
            })
            .collect();
        Failure::from_all(problems).map_or(Ok(()), Err)
    }

    fn export_socket(&mut self) -> Result<()> {
        let Some(socket) = self.parts.first() else {
            return Ok(());
        };
        let instance = socket.instance;
        for name in socket.exports.clone() {
            let node = self
                .graph
                .alias_instance_export(instance, &name)
                .map_err(|e| errors::graph(&e))?;
            self.graph
                .export(node, &name)
                .map_err(|e| errors::graph(&e))?;
        }
        Ok(())
    }
}
