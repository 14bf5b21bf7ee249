//! Composition gives the same bytes as wac's libraries, and the same bytes for any order of the files.

#[allow(dead_code)]
#[path = "support/cases.rs"]
mod cases;
#[path = "support/tool.rs"]
mod tool;

use cases::{fixtures, run, text};
use std::fs;
use std::path::Path;
use wac_graph::types::{BorrowedPackageKey, Package};
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, NodeKind};
use wac_parser::Document;

/// Cases in which the libraries alone do something else.
const OTHERS: &[&str] = &[
    // Unused dependencies.
    "own-name.wac",
    "unused-dep.wac",
    // Nesting that overflows the parser's stack.
    "nested.wac",
    // External ids, which the libraries lose.
    "external-ids.wac",
];

/// Composes the same source and files with the libraries.
fn upstream(source: &str, deps: &[(&str, &str)], dir: &Path) -> Result<Vec<u8>, String> {
    let document = Document::parse(source).map_err(|e| e.to_string())?;
    let versions: Vec<_> = deps
        .iter()
        .map(|(name, _)| {
            name.split_once('@')
                .map(|(_, v)| v.parse().expect("a version"))
        })
        .collect();
    let packages = deps
        .iter()
        .zip(&versions)
        .map(|((dep, file), version)| {
            let name = dep.split('@').next().expect("a name");
            let key = BorrowedPackageKey::from_name_and_version(name, version.as_ref());
            (key, fs::read(dir.join(file)).expect("the file"))
        })
        .collect();
    let resolution = document.resolve(packages).map_err(|e| e.to_string())?;
    resolution
        .encode(EncodeOptions::default())
        .map_err(|e| e.to_string())
}

#[test]
fn compositions_equal_those_of_the_libraries() {
    let fixtures = fixtures();
    let (mut same, mut refused) = (0, 0);
    for case in golden::Case::all("compose") {
        for (name, text) in &case.input {
            if let Some(stem) = name.strip_suffix(".wat") {
                let wasm = wat::parse_bytes(text).expect("wat");
                fs::write(fixtures.path().join(format!("{stem}.wasm")), wasm).expect("write");
            }
        }
        for command in &case.commands {
            let args = &command.args;
            let name = &args[1];
            let Some(source) = case.input.get(name.as_str()) else {
                continue;
            };
            if args[0] != "compose" || OTHERS.contains(&name.as_str()) {
                continue;
            }
            let source = String::from_utf8(source.clone()).expect("UTF-8");
            let deps: Vec<(&str, &str)> = args.iter().filter_map(|a| a.split_once('=')).collect();
            let expected = upstream(&source, &deps, fixtures.path());
            match command.code {
                0 => {}
                1 => {
                    assert!(expected.is_err(), "{name}");
                    refused += 1;
                    continue;
                }
                _ => continue,
            }
            fs::write(fixtures.path().join(name), source).expect("write");
            let output = run(fixtures.path(), args);
            assert!(output.status.success(), "{}", text(&output));
            let bytes = fs::read(fixtures.path().join("out.wasm")).expect("out.wasm");
            let error = expected.as_ref().err();
            assert!(expected.as_ref() == Ok(&bytes), "{name}: {error:?}");
            same += 1;
        }
    }
    assert!(same >= 2 && refused >= 10, "{same} {refused}");
}

/// Returns all permutations.
fn permutations<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let mut out = Vec::new();
    for i in 0..items.len() {
        let mut rest = items.to_vec();
        let first = rest.remove(i);
        for mut order in permutations(&rest) {
            order.insert(0, first.clone());
            out.push(order);
        }
    }
    out
}

/// Creates a directory with the files in this order, in which some file systems list them.
fn directory(from: &Path, order: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("tempdir");
    for file in order {
        fs::copy(from.join(file), dir.path().join(file)).expect("copy");
    }
    dir
}

#[test]
fn plugging_is_deterministic_in_any_directory() {
    let fixtures = fixtures();
    for (socket, plugs) in [
        ("socket.wasm", &["logger.wasm", "store.wasm"][..]),
        ("ab.wasm", &["a-by-b.wasm", "b-by-a.wasm"]),
        ("socket.wasm", &["logger.wasm", "store.wasm", "clock.wasm"]),
    ] {
        let mut files = plugs.to_vec();
        files.push(socket);
        let mut args = vec!["plug", socket, "-o", "out.wasm"];
        args.extend(plugs.iter().flat_map(|plug| ["--plug", plug]));
        let mut first: Option<Vec<u8>> = None;
        for order in permutations(&files) {
            let dir = directory(fixtures.path(), &order);
            for _ in 0..3 {
                let output = run(dir.path(), &args);
                assert!(output.status.success(), "{}", text(&output));
                let bytes = fs::read(dir.path().join("out.wasm")).expect("out.wasm");
                assert!(*first.get_or_insert(bytes.clone()) == bytes, "{order:?}");
            }
        }
    }
}

/// An interface and its functions.
type Interface = (&'static str, &'static [&'static str]);

const INTERFACES: [Interface; 4] = [
    ("t:p/i@0.2.0", &["get"]),
    ("t:p/i@0.2.3", &["get", "put"]),
    ("t:p/i@0.2.4", &["get", "put"]),
    ("t:p/i@1.0.0", &["get"]),
];

/// A component that imports and exports interfaces.
fn component(imports: &[Interface], exports: &[Interface]) -> Vec<u8> {
    let mut text = String::from(
        "(component
           (core module $m (func (export \"f\")))
           (core instance $i (instantiate $m))
           (func $f (canon lift (core func $i \"f\")))
           (export \"run\" (func $f))",
    );
    for (name, functions) in imports {
        let functions = functions.iter().map(|f| format!("(export \"{f}\" (func))"));
        let functions: String = functions.collect();
        text += &format!("(import \"{name}\" (instance {functions}))");
    }
    for (i, (name, functions)) in exports.iter().enumerate() {
        let functions = functions
            .iter()
            .map(|f| format!("(export \"{f}\" (func $f))"));
        let functions: String = functions.collect();
        text += &format!("(instance $e{i} {functions}) (export \"{name}\" (instance $e{i}))");
    }
    wat::parse_str(text + ")").expect("a component")
}

/// What wac makes of the components, and its connections, as `component plug --verbose` prints them.
fn plugged(socket: &[u8], plugs: &[Vec<u8>]) -> Result<(Vec<u8>, Vec<String>), String> {
    let mut graph = CompositionGraph::new();
    let names = ["socket", "p0", "p1", "p2"];
    let parts = std::iter::once(socket).chain(plugs.iter().map(Vec::as_slice));
    let mut ids = Vec::new();
    for (name, bytes) in names.iter().zip(parts) {
        let package = Package::from_bytes(name, None, bytes.to_vec(), graph.types_mut());
        let id = graph.register_package(package.expect("a package"));
        ids.push(id.expect("registers"));
    }
    wac_graph::plug(&mut graph, ids.split_off(1), ids[0]).map_err(|e| e.to_string())?;
    let instances: Vec<_> = graph
        .node_ids()
        .filter(|node| matches!(graph[*node].kind(), NodeKind::Instantiation(_)))
        .collect();
    for node in &instances {
        let package = graph[*node].package().expect("a package");
        let name = graph[package].name().to_owned();
        graph.set_node_name(*node, name);
    }
    let name = |node: NodeId| graph[node].name().expect("a name").to_owned();
    let mut lines = Vec::new();
    for node in instances {
        for (import, argument) in graph.get_instantiation_arguments(node) {
            let (from, export) = graph.get_alias_source(argument).expect("an export");
            let (importer, exporter) = (name(node), name(from));
            lines.push(format!(
                "import `{import}` of {importer}.wasm: export `{export}` of {exporter}.wasm"
            ));
        }
    }
    let bytes = graph.encode(EncodeOptions::default());
    Ok((bytes.map_err(|e| e.to_string())?, lines))
}

/// All sets of one or two of the interfaces.
fn sets() -> Vec<Vec<Interface>> {
    let mut out = Vec::new();
    for (i, a) in INTERFACES.iter().enumerate() {
        out.push(vec![*a]);
        out.extend(INTERFACES[..i].iter().map(|b| vec![*a, *b]));
    }
    out
}

#[test]
fn what_wac_plugs_is_plugged_in_the_same_way() {
    let dir = tempfile::tempdir().expect("tempdir");
    let (mut same, mut more, mut refused) = (0, 0, 0);
    let sets = sets();
    for (n, imports) in sets.iter().enumerate() {
        let socket = component(imports, &[]);
        fs::write(dir.path().join("socket.wasm"), &socket).expect("write");
        // A part of the pairs, another one for each socket.
        let pairs = sets.iter().flat_map(|a| sets.iter().map(move |b| (a, b)));
        for (m, (first, second)) in pairs.skip(n % 3).step_by(3).enumerate() {
            // Half of the first plugs are middleware.
            let own: &[Interface] = if m % 2 == 0 { first } else { &[] };
            let plugs = [component(own, first), component(&[], second)];
            for (i, plug) in plugs.iter().enumerate() {
                fs::write(dir.path().join(format!("p{i}.wasm")), plug).expect("write");
            }
            let args = [
                "plug",
                "socket.wasm",
                "--plug",
                "p0.wasm",
                "--plug",
                "p1.wasm",
            ];
            let args = args.into_iter().chain(["--verbose", "-o", "out.wasm"]);
            let output = run(dir.path(), &args.collect::<Vec<_>>());
            let (case, stderr) = (
                format!("{imports:?} {own:?} {plugs:?}", plugs = (first, second)),
                text(&output),
            );
            let (expected, connections) = match plugged(&socket, &plugs) {
                Ok(made) => made,
                Err(e) if e.contains("no matching imports") => {
                    assert_eq!(output.status.code(), Some(1), "{case}");
                    refused += 1;
                    continue;
                }
                // Two plugs fit one import.
                Err(_) => continue,
            };
            assert!(output.status.success(), "{case}: {stderr}");
            for line in &connections {
                assert!(
                    stderr.lines().any(|l| l == line),
                    "{case}: {line}\n{stderr}"
                );
            }
            let filled = stderr.lines().filter(|l| l.contains(": export `"));
            if filled.count() > connections.len() {
                more += 1;
                continue;
            }
            let bytes = fs::read(dir.path().join("out.wasm")).expect("out.wasm");
            assert!(bytes == expected, "{case}: other bytes");
            same += 1;
        }
    }
    assert!(same > 50 && refused > 10, "{same} {more} {refused}");
}

#[test]
fn there_may_be_more_plugs_than_an_engine_connects() {
    let dir = tempfile::tempdir().expect("tempdir");
    let names: Vec<String> = (0..150).map(|i| format!("t:p/i{i}")).collect();
    let names: Vec<&'static str> = names.into_iter().map(|n| &*n.leak()).collect();
    let interfaces: Vec<Interface> = names.iter().map(|n| (*n, &["get"][..])).collect();
    fs::write(dir.path().join("socket.wasm"), component(&interfaces, &[])).expect("write");
    let mut args: Vec<String> = ["plug", "socket.wasm", "-o", "out.wasm"]
        .map(str::to_owned)
        .into();
    for (i, interface) in interfaces.iter().enumerate() {
        let plug = format!("p{i}.wasm");
        fs::write(dir.path().join(&plug), component(&[], &[*interface])).expect("write");
        args.extend(["--plug".to_owned(), plug]);
    }
    let output = run(dir.path(), &args);
    assert!(output.status.success(), "{}", text(&output));
    let output = run(dir.path(), &["graph", "out.wasm", "--format", "dot"]);
    let graph = String::from_utf8_lossy(&output.stdout).into_owned();
    for (i, name) in names.iter().enumerate() {
        let line = format!("\"socket\" -> \"p{i}\" [label = \"{name}\"];");
        assert!(graph.contains(&line), "{line}");
    }
}

#[test]
fn the_order_of_dependencies_does_not_matter() {
    let fixtures = fixtures();
    let mut cases = golden::Case::all("compose").into_iter();
    let case = cases.find(|case| case.name == "spread").expect("the case");
    fs::write(fixtures.path().join("in.wac"), &case.input["in.wac"]).expect("write");
    let deps = ["socket", "logger", "store"].map(|n| format!("--dep=demo:{n}={n}.wasm"));
    let mut first: Option<Vec<u8>> = None;
    for order in permutations(&deps) {
        let mut args = vec!["compose", "in.wac", "-o", "out.wasm"];
        args.extend(order.iter().map(String::as_str));
        let output = run(fixtures.path(), &args);
        assert!(output.status.success(), "{}", text(&output));
        let bytes = fs::read(fixtures.path().join("out.wasm")).expect("out.wasm");
        assert!(*first.get_or_insert(bytes.clone()) == bytes, "{order:?}");
    }
}
