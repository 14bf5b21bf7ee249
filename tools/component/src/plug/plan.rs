//! Makes the component: with all connections, or with those that make it valid.

use super::context::Context;
use super::errors;
use super::part::Part;
use super::wiring::{Fill, Item};
use crate::composition::{with_external_ids, Composition};
use rules_wit_common::Result;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use wac_graph::{CompositionGraph, EncodeError, EncodeOptions, NodeId};

/// A graph, and the parts of its instances.
struct Built {
    graph: CompositionGraph,
    parts: HashMap<NodeId, usize>,
}

/// A composed component.
pub struct Encoded {
    pub component: Vec<u8>,
    /// Its connections.
    pub fills: Vec<Fill>,
    /// Why others of the wiring were left out.
    pub left_out: &'static str,
    /// Exports of plugs that it has besides those of the socket: the part and the name.
    pub exports: Vec<(usize, String)>,
}

/// Encodes the composition.
///
/// A component must import or export every type in its exports. Where exports of the socket use types
/// of interfaces that plugs provide, and a type that these consist of has no name, those interfaces
/// that have nothing but plain types stay imports. If that does not suffice, all are exported too. Where
/// connections between plugs are not possible, as a resource would be two different ones, only the
/// imports of the socket are filled.
pub fn encode(context: &Context) -> Result<Encoded> {
    Encoder(context).encode()
}

struct Encoder<'a>(&'a Context<'a>);

impl Encoder<'_> {
    fn encode(&self) -> Result<Encoded> {
        let all: Vec<Fill> = self.0.wiring.fills().collect();
        let built = self.build(&all, &[])?;
        let error = match built.graph.encode(EncodeOptions::default()) {
            Ok(component) => {
                return Ok(Encoded {
                    component: with_external_ids(&built.graph, component),
                    fills: all,
                    left_out: "",
                    exports: Vec::new(),
                })
            }
            Err(e) => e,
        };
        let names = built.parts.iter().map(|(node, part)| {
            let name = self.0.parts[*part].name.clone();
            (*node, name)
        });
        let composition = Composition::of(&built.graph, names.collect());
        let conflict = composition.conflict();
        if matches!(error, EncodeError::ValidationFailure { .. }) {
            let mut plans = vec![self.of_socket()];
            if conflict.is_none() {
                plans.push(self.with_exports(&all, &built, &composition));
                plans.push(self.with_open_types(&all, &built, &composition));
            }
            while let Some(plan) = plans.pop() {
                let changed = plan.fills.len() < all.len() || !plan.exports.is_empty();
                let built = self.build(&plan.fills, &plan.exports)?;
                if let (true, Ok(component)) =
                    (changed, built.graph.encode(EncodeOptions::default()))
                {
                    let component = with_external_ids(&built.graph, component);
                    return Ok(Encoded { component, ..plan });
                }
            }
        }
        Err(match conflict {
            Some(conflict) => errors::conflict(&conflict),
            None => errors::graph(&error, |node| composition.name(node)),
        }
        .into())
    }

    /// Fills imports of the socket alone.
    fn of_socket(&self) -> Encoded {
        Encoded {
            component: Vec::new(),
            fills: self.0.wiring.closest(self.0.worlds).collect(),
            left_out: "the resources of its provider are not those of other imports",
            exports: Vec::new(),
        }
    }

    /// Leaves interfaces of plain types that exports use as imports.
    fn with_open_types(&self, all: &[Fill], built: &Built, composition: &Composition) -> Encoded {
        let sources = composition.type_sources();
        let plain = sources.iter().filter(|source| source.plain);
        let open: HashSet<(usize, &str)> = plain
            .filter_map(|source| {
                Some((*built.parts.get(&source.importer)?, source.import.as_str()))
            })
            .collect();
        let is_open = |fill: &&Fill| open.contains(&(fill.import.part, self.0.import(fill.import)));
        Encoded {
            component: Vec::new(),
            fills: all.iter().filter(|fill| !is_open(fill)).copied().collect(),
            left_out: "exports use its types",
            exports: Vec::new(),
        }
    }

    /// Exports the interfaces too that exports use.
    fn with_exports(&self, all: &[Fill], built: &Built, composition: &Composition) -> Encoded {
        let mut names: HashSet<String> = self.0.worlds[0].exports.keys().cloned().collect();
        let providers = composition.type_providers().into_iter();
        Encoded {
            component: Vec::new(),
            fills: all.to_vec(),
            left_out: "",
            exports: providers
                .filter_map(|(node, export)| Some((*built.parts.get(&node)?, export)))
                .filter(|(_, export)| names.insert(export.clone()))
                .collect(),
        }
    }

    /// Builds a graph with these connections, of the parts that the socket uses. `exports` are
    /// exported in addition to those of the socket. Nodes are in the order in which wac adds them.
    fn build(&self, fills: &[Fill], exports: &[(usize, String)]) -> Result<Built> {
        let mut graph = self.0.packages.clone();
        let used = used(fills);
        let mut fills: Vec<Fill> = fills.to_vec();
        fills.sort_by_key(|fill| (fill.export, fill.import));
        let mut instances = BTreeMap::new();
        for part in &used {
            let Part { package, node, .. } = &self.0.parts[*part];
            let instance = graph.instantiate(*package);
            graph.set_node_name(instance, node.as_str());
            instances.insert(*part, instance);
            let of_socket = |fill: &&Fill| fill.export.part == *part && fill.import.part == 0;
            for fill in fills.iter().filter(of_socket) {
                self.connect(&mut graph, &instances, *fill)?;
            }
        }
        for fill in fills.iter().filter(|fill| fill.import.part != 0) {
            self.connect(&mut graph, &instances, *fill)?;
        }
        let of_socket = self.0.worlds[0].exports.keys().map(|name| (0, name));
        let more = exports.iter().map(|(part, name)| (*part, name));
        for (part, name) in more.chain(of_socket) {
            let Some(instance) = instances.get(&part) else {
                continue;
            };
            let node = graph.alias_instance_export(*instance, name);
            let node = node.map_err(|e| errors::library(&e))?;
            graph.export(node, name).map_err(|e| errors::library(&e))?;
        }
        Ok(Built {
            graph,
            parts: instances
                .into_iter()
                .map(|(part, node)| (node, part))
                .collect(),
        })
    }

    fn connect(
        &self,
        graph: &mut CompositionGraph,
        instances: &BTreeMap<usize, NodeId>,
        fill: Fill,
    ) -> Result<()> {
        let instance = |item: Item| instances.get(&item.part).copied();
        // Of a part that is not used.
        let (Some(importer), Some(exporter)) = (instance(fill.import), instance(fill.export))
        else {
            return Ok(());
        };
        let export = graph
            .alias_instance_export(exporter, self.0.export(fill.export))
            .map_err(|e| errors::library(&e))?;
        graph
            .set_instantiation_argument(importer, self.0.import(fill.import), export)
            .map_err(|e| errors::library(&e).into())
    }
}

/// The parts that the socket uses through these connections, and the socket.
fn used(fills: &[Fill]) -> BTreeSet<usize> {
    let mut uses: HashMap<usize, Vec<usize>> = HashMap::new();
    for fill in fills {
        uses.entry(fill.import.part)
            .or_default()
            .push(fill.export.part);
    }
    let mut seen = BTreeSet::from([0]);
    let mut todo = vec![0];
    while let Some(part) = todo.pop() {
        let next = uses.get(&part).into_iter().flatten();
        todo.extend(next.filter(|part| seen.insert(**part)));
    }
    seen
}
