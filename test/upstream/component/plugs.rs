//! Plugs the packages of a case into each other.

use crate::checks;
use crate::errors::messages;
use crate::tool::Tool;
use harness::Answer;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, NodeKind};

/// Plugs each package of a case into each other one; `None` if there is only one.
pub fn plug(tool: &Tool, packages: &[Vec<u8>]) -> Option<Answer> {
    let mut answer = None;
    for (i, socket) in packages.iter().enumerate() {
        for (j, plug) in packages.iter().enumerate() {
            if i == j {
                continue;
            }
            tool.write("socket.wasm", socket);
            tool.write("plug.wasm", plug);
            let args = ["plug", "socket.wasm", "--plug", "plug.wasm"];
            let ours = tool.make(&args, "plugged.wasm");
            let one = checks::bytes(&ours, &upstream(socket, plug));
            if let Answer::Differs(how) = one {
                return Some(Answer::Differs(format!("plug {j} into {i}: {how}")));
            }
            answer = Some(one);
        }
    }
    answer
}

fn upstream(socket: &[u8], plug: &[u8]) -> Result<Vec<u8>, Vec<String>> {
    let mut graph = CompositionGraph::new();
    let mut ids = Vec::new();
    for (name, bytes) in [("rules-wit:socket", socket), ("rules-wit:plug1", plug)] {
        let package = Package::from_bytes(name, None, bytes.to_vec(), graph.types_mut());
        let package = package.map_err(|e| messages(e.as_ref()))?;
        ids.push(graph.register_package(package).map_err(|e| messages(&e))?);
    }
    wac_graph::plug(&mut graph, vec![ids[1]], ids[0]).map_err(|e| messages(&e))?;
    // `component plug` also names the instances, after the files.
    for (id, name) in ids.into_iter().zip(["socket", "plug"]) {
        let instance = graph.node_ids().find(|node| {
            let node = &graph[*node];
            matches!(node.kind(), NodeKind::Instantiation(_)) && node.package() == Some(id)
        });
        if let Some(instance) = instance {
            graph.set_node_name(instance, name);
        }
    }
    graph
        .encode(EncodeOptions::default())
        .map_err(|e| messages(&e))
}
