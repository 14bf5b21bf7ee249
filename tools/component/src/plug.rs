//! `component plug`: fills imports of one component with exports of others.

use crate::input::{read_component, validate};
use crate::plug_errors as errors;
use crate::signatures::lines;
use crate::types::{differences, find, Expected};
use rules_wit_common::{write_output, Failure, Result};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, PackageId};

/// Plugs components into the imports of another, the socket.
///
/// For each import of the socket the plugs are asked in their order; the first that exports it, or
/// a version that is compatible by semver, is taken. Then the imports of the plugs that are still
/// open are filled in the same way by the other plugs, unless two would need each other. What
/// nobody exports stays an import; the result exports what the socket exports. Each plug must be of
/// use.
#[derive(clap::Args)]
pub struct Args {
    /// The component with imports to fill.
    socket: PathBuf,
    /// A component to fill them with.
    #[arg(long = "plug", value_name = "FILE", required = true)]
    plugs: Vec<PathBuf>,
    /// Where to write the component; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The label of the target that the result belongs to.
    #[arg(long)]
    label: Option<String>,
    /// The label of the socket's target.
    #[arg(long)]
    socket_label: Option<String>,
    /// The label of each plug's target, in their order.
    #[arg(long = "plug-label", value_name = "LABEL")]
    plug_labels: Vec<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    compose(args)
        .and_then(|bytes| write_output(&args.output, &bytes, true))
        .map_err(|e| e.target(args.label.as_deref()))
}

fn compose(args: &Args) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    // The names are the same for all inputs: paths would make the result depend on where it is
    // built.
    let socket = Part::open(&mut graph, &args.socket, args.socket_label.as_deref(), 0)?;
    let mut plugs = Vec::new();
    for (i, path) in args.plugs.iter().enumerate() {
        let label = args.plug_labels.get(i).map(String::as_str);
        plugs.push(Part::open(&mut graph, path, label, i + 1)?);
    }
    let mut composer = Composer {
        parts: std::iter::once(socket).chain(plugs).collect(),
        graph,
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

/// The socket or a plug.
pub struct Part {
    /// How errors call it: its label, else its path.
    pub name: String,
    package: PackageId,
    instance: NodeId,
    /// Names of imports.
    pub imports: Vec<String>,
    /// Names of exports.
    pub exports: Vec<String>,
}

impl Part {
    fn open(
        graph: &mut CompositionGraph,
        path: &Path,
        label: Option<&str>,
        index: usize,
    ) -> Result<Self> {
        let shown = rules_wit_common::display_path(path);
        let name = label.map_or(shown.clone(), str::to_owned);
        let bytes = read_component(path)?;
        validate(path, &bytes)?;
        let package_name = match index {
            0 => "rules-wit:socket".to_owned(),
            i => format!("rules-wit:plug{i}"),
        };
        let fail = |e: &(dyn std::error::Error + 'static)| -> Failure {
            errors::unreadable(&shown, e).into()
        };
        let package = Package::from_bytes(&package_name, None, bytes, graph.types_mut())
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

struct Composer {
    graph: CompositionGraph,
    /// The socket, then the plugs.
    parts: Vec<Part>,
    /// Pairs of parts of which the first takes something from the second.
    uses: BTreeSet<(usize, usize)>,
}

impl Composer {
    fn fill_all(&mut self) -> Result<()> {
        let mut problems = Vec::new();
        for taker in 0..self.parts.len() {
            for import in self.parts[taker].imports.clone() {
                match self.fill(taker, &import) {
                    Ok(()) => {}
                    Err(d) => problems.push(*d),
                }
            }
        }
        Failure::from_all(problems).map_or(Ok(()), Err)
    }

    /// Fills one import by the first plug that has what it takes.
    fn fill(
        &mut self,
        taker: usize,
        import: &str,
    ) -> Result<(), Box<rules_wit_common::Diagnostic>> {
        for giver in 1..self.parts.len() {
            if giver == taker || self.needs(giver, taker) {
                continue;
            }
            let exports = self.parts[giver].exports.iter().map(String::as_str);
            let Some(export) = find(exports, import).map(str::to_owned) else {
                continue;
            };
            let types = self.graph.types();
            let world = |part: &Part| &types[self.graph[part.package].ty()];
            let given = world(&self.parts[giver]).exports[&export];
            let wanted = world(&self.parts[taker]).imports[import];
            let differences = differences(types, given, wanted, Expected::Wanted);
            if !differences.is_empty() {
                return Err(Box::new(errors::mismatch(
                    &self.parts[taker],
                    import,
                    &self.parts[giver],
                    &export,
                    &differences,
                    (&lines(types, wanted), &lines(types, given)),
                )));
            }
            let fail = |e: &(dyn std::error::Error + 'static)| Box::new(errors::graph(e));
            let node = self
                .graph
                .alias_instance_export(self.parts[giver].instance, &export)
                .map_err(|e| fail(&e))?;
            self.graph
                .set_instantiation_argument(self.parts[taker].instance, import, node)
                .map_err(|e| fail(&e))?;
            self.uses.insert((taker, giver));
            return Ok(());
        }
        Ok(())
    }

    /// Whether `part` takes something from `other`, perhaps by way of others.
    fn needs(&self, part: usize, other: usize) -> bool {
        let mut seen = BTreeSet::from([part]);
        let mut todo = vec![part];
        while let Some(next) = todo.pop() {
            for (taker, giver) in &self.uses {
                if *taker == next && seen.insert(*giver) {
                    todo.push(*giver);
                }
            }
        }
        seen.contains(&other)
    }

    /// Every plug must give something that ends up in the socket.
    fn check_use(&self) -> Result<()> {
        let problems = (1..self.parts.len())
            .filter(|plug| !self.needs(0, *plug))
            .map(|plug| {
                let takers: Vec<&Part> = (0..self.parts.len())
                    .filter(|p| *p != plug)
                    .map(|p| &self.parts[p])
                    .filter(|p| !p.imports.is_empty())
                    .collect();
                errors::useless(&self.parts[0], &takers, &self.parts[plug])
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
