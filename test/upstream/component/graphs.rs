//! The cases of wac-graph: compositions as data. The library builds them directly; our tool composes
//! them from a generated WAC source.

use crate::checks;
use crate::errors::{compare, messages};
use crate::plugs::plug;
use crate::sources::{compose, refusal, Packages};
use crate::stored;
use crate::tool::{Tool, Versions};
use harness::{first_difference, Answer, Answers, Case};
use serde::Deserialize;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use wac_graph::types::Package;
use wac_graph::types::{ItemKind, Type};
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, PackageId, Processor};

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    packages: Vec<Named>,
    #[serde(default)]
    nodes: Vec<Node>,
    #[serde(default)]
    arguments: Vec<Argument>,
    #[serde(default)]
    names: Vec<Name>,
    #[serde(default)]
    exports: Vec<Name>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
    version: Option<String>,
    path: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", tag = "type")]
enum Node {
    Import {
        name: String,
        package: usize,
        export: String,
    },
    Instantiation {
        package: usize,
    },
    Alias {
        source: usize,
        export: String,
    },
}

#[derive(Deserialize)]
struct Argument {
    source: usize,
    target: usize,
    name: String,
}

#[derive(Deserialize)]
struct Name {
    node: usize,
    name: String,
}

/// Checks a case.
pub fn check(tool: &Tool, case: &Case, versions: Versions) -> Answers {
    let text = fs::read_to_string(case.path.join("graph.json")).expect("graph.json");
    let file: File = serde_json::from_str(&text).expect("a graph");
    let packages: Vec<Vec<u8>> = file
        .packages
        .iter()
        .map(|p| load(&case.path.join(&p.path)).unwrap_or_else(|e| panic!("{}: {e:?}", p.path)))
        .collect();
    let kept = build(&file, &packages, None).and_then(|graph| encode(&graph, false, None));
    let mut answers = Answers::from([(
        "expected",
        expected(&case.path, &kept, versions.wit_component),
    )]);

    if let Some((source, order)) = source(&file, &packages) {
        let named: Packages = file
            .packages
            .iter()
            .map(Named::full)
            .zip(packages.iter().cloned())
            // Our tool reports unused dependencies as errors.
            .filter(|(name, _)| source.contains(&format!(" new {name} ")))
            .collect();
        let theirs = build(&file, &packages, Some(&order)).and_then(|g| {
            let processor = Processor {
                name: "wac-parser",
                version: versions.wac,
            };
            encode(&g, true, Some(processor))
        });
        let ours = compose(tool, &source, &named);
        answers.insert("compose", checks::bytes(&ours, &theirs));
        if let (Err(ours), Some(theirs)) = (&ours, refusal(&source, &named)) {
            answers.insert("error", compare(ours, &theirs));
        }
        if let (Ok(_), Ok(theirs)) = (ours, theirs) {
            checks::check(tool, &theirs, &mut answers);
        }
    }
    if let Some(answer) = plug(tool, &packages) {
        answers.insert("plug", answer);
    }
    answers
}

impl Named {
    fn full(&self) -> String {
        match &self.version {
            Some(version) => format!("{}@{version}", self.name),
            None => self.name.clone(),
        }
    }
}

/// Loads a package: a component as text, or a component of a dummy module for the world in a WIT file.
fn load(path: &Path) -> Result<Vec<u8>, Vec<String>> {
    if path.extension().is_some_and(|e| e == "wat") {
        return wat::parse_file(path).map_err(|e| messages(&e));
    }
    let fail = |e: &(dyn std::error::Error + 'static)| messages(e);
    let mut resolve = wit_parser::Resolve::default();
    let (id, _) = resolve.push_path(path).map_err(|e| fail(e.as_ref()))?;
    let world = resolve
        .select_world(&[id], None)
        .map_err(|e| fail(e.as_ref()))?;
    let mangling = wit_parser::ManglingAndAbi::Legacy(wit_parser::LiftLowerAbi::Sync);
    let mut module = wit_component::dummy_module(&resolve, world, mangling);
    let encoding = wit_component::StringEncoding::default();
    wit_component::embed_component_metadata(&mut module, &resolve, world, encoding)
        .map_err(|e| fail(e.as_ref()))?;
    let mut encoder = wit_component::ComponentEncoder::default();
    encoder.module(&module).map_err(|e| fail(e.as_ref()))?;
    encoder.encode().map_err(|e| fail(e.as_ref()))
}

/// Builds the graph, with the nodes in the order of the file, or in another order and with the names
/// of `source`.
fn build(
    file: &File,
    packages: &[Vec<u8>],
    order: Option<&[usize]>,
) -> Result<CompositionGraph, Vec<String>> {
    let fail = |e: &(dyn std::error::Error + 'static)| messages(e);
    let mut graph = CompositionGraph::new();
    let mut ids: Vec<PackageId> = Vec::new();
    for (named, bytes) in file.packages.iter().zip(packages) {
        let version = named.version.as_ref().and_then(|v| v.parse().ok());
        let types = graph.types_mut();
        let package = Package::from_bytes(&named.name, version.as_ref(), bytes.clone(), types)
            .map_err(|e| fail(e.as_ref()))?;
        ids.push(graph.register_package(package).map_err(|e| fail(&e))?);
    }
    let in_order: Vec<usize> = (0..file.nodes.len()).collect();
    let mut nodes: Vec<Option<NodeId>> = vec![None; file.nodes.len()];
    for i in order.unwrap_or(&in_order) {
        let id = match &file.nodes[*i] {
            Node::Import {
                name,
                package,
                export,
            } => {
                let kind = graph.types()[graph[ids[*package]].ty()].exports[export.as_str()];
                graph.import(name, kind.promote()).map_err(|e| fail(&e))?
            }
            Node::Instantiation { package } => graph.instantiate(ids[*package]),
            Node::Alias { source, export } => {
                let source = nodes[*source].expect("a node before it");
                graph
                    .alias_instance_export(source, export)
                    .map_err(|e| fail(&e))?
            }
        };
        nodes[*i] = Some(id);
    }
    let node = |i: usize| nodes[i].expect("a node");
    for argument in &file.arguments {
        graph
            .set_instantiation_argument(
                node(argument.target),
                &argument.name,
                node(argument.source),
            )
            .map_err(|e| fail(&e))?;
    }
    for export in &file.exports {
        graph
            .export(node(export.node), &export.name)
            .map_err(|e| fail(&e))?;
    }
    match order {
        Some(order) => {
            for i in order {
                graph.set_node_name(node(*i), format!("n{i}"));
            }
        }
        None => {
            for name in &file.names {
                graph.set_node_name(node(name.node), &name.name);
            }
        }
    }
    Ok(graph)
}

fn encode(
    graph: &CompositionGraph,
    define_components: bool,
    processor: Option<Processor>,
) -> Result<Vec<u8>, Vec<String>> {
    let options = EncodeOptions {
        define_components,
        processor,
        ..Default::default()
    };
    graph.encode(options).map_err(|e| messages(&e))
}

fn expected(dir: &Path, theirs: &Result<Vec<u8>, Vec<String>>, version: &str) -> Answer {
    let kept = fs::read_to_string(dir.join("error.txt")).ok();
    match (theirs, kept) {
        (Ok(bytes), None) => stored::compare(bytes, &dir.join("encoded.wat"), version),
        (Ok(_), Some(_)) => Answer::Differs("accepted".to_owned()),
        (Err(e), None) => Answer::Differs(format!("rejected: {}", e.join(": "))),
        (Err(e), Some(kept)) => {
            // Follows the message of upstream's test; several causes are numbered.
            let causes = kept.split("Caused by:\n").nth(1).unwrap_or_default();
            let causes: Vec<&str> = causes
                .lines()
                .map(|l| l.trim_start_matches([' ', '0', '1', '2', '3', '4', '5', ':']))
                .collect();
            Answer::of(&e.join("\n"), &causes.join("\n"), || {
                first_difference(&e.join("\n"), &causes.join("\n"))
            })
        }
    }
}

/// Returns the graph as a WAC source, and the order of its nodes there. `None` if WAC cannot express
/// it: cycles, arguments of imports, a package twice, and imports of more than a plain function.
fn source(file: &File, packages: &[Vec<u8>]) -> Option<(String, Vec<usize>)> {
    let names: Vec<String> = file.packages.iter().map(Named::full).collect();
    if (1..names.len()).any(|i| names[..i].contains(&names[i])) {
        return None;
    }
    let instantiates = |i: usize| matches!(file.nodes[i], Node::Instantiation { .. });
    if !file.arguments.iter().all(|a| instantiates(a.target)) {
        return None;
    }
    let mut out = "package test:composition;\n".to_owned();
    let mut order: Vec<usize> = Vec::new();
    while order.len() < file.nodes.len() {
        let ready = |i: &usize| {
            let arguments = file.arguments.iter().filter(|a| a.target == *i);
            let mut needs: Vec<usize> = arguments.map(|a| a.source).collect();
            if let Node::Alias { source, .. } = &file.nodes[*i] {
                needs.push(*source);
            }
            !order.contains(i) && needs.iter().all(|n| order.contains(n))
        };
        let i = (0..file.nodes.len()).find(ready)?;
        match &file.nodes[i] {
            Node::Import {
                name,
                package,
                export,
            } => {
                // Its type is an item of the package, which a source cannot name.
                if !is_plain_function(&packages[*package], export) {
                    return None;
                }
                let _ = writeln!(out, "import n{i} as \"{name}\": func();");
            }
            Node::Instantiation { package } => {
                let _ = write!(out, "let n{i} = new {} {{ ", names[*package]);
                for argument in file.arguments.iter().filter(|a| a.target == i) {
                    let _ = write!(out, "\"{}\": n{}, ", argument.name, argument.source);
                }
                out.push_str("... };\n");
            }
            Node::Alias { source, export } => {
                let _ = writeln!(out, "let n{i} = n{source}[\"{export}\"];");
            }
        }
        order.push(i);
    }
    for export in &file.exports {
        let _ = writeln!(out, "export n{} as \"{}\";", export.node, export.name);
    }
    Some((out, order))
}

/// Whether an export is a function type without parameters and results.
fn is_plain_function(package: &[u8], export: &str) -> bool {
    let mut graph = CompositionGraph::new();
    let package = Package::from_bytes("a:b", None, package.to_vec(), graph.types_mut());
    let Ok(package) = package else { return false };
    let types = graph.types();
    match types[package.ty()].exports.get(export) {
        Some(ItemKind::Type(Type::Func(id))) => {
            types[*id].params.is_empty() && types[*id].result.is_none()
        }
        _ => false,
    }
}
