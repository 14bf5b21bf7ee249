//! Composing, compared with wac's own libraries, and the same bytes in whatever order files come.

#[allow(dead_code)]
#[path = "support/cases.rs"]
mod cases;
#[path = "support/tool.rs"]
mod tool;

use cases::{fixtures, run, text};
use std::fs;
use std::path::Path;
use wac_graph::types::BorrowedPackageKey;
use wac_graph::EncodeOptions;
use wac_parser::Document;

/// What is an error here and is none with the libraries alone, or crashes them.
const STRICTER: &[&str] = &[
    // Dependencies that nothing uses.
    "error-own-name",
    "error-unused-dep",
    // Nested so deep that the parser's stack overflows.
    "error-nested",
];

/// The component that the libraries make of the same source and files.
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
fn composing_gives_the_bytes_that_the_libraries_give() {
    let fixtures = fixtures();
    let (mut same, mut refused) = (0, 0);
    for case in golden::Case::all("compose") {
        let Some(source) = case.input.get("in.wac") else {
            continue;
        };
        if STRICTER.contains(&case.name.as_str()) {
            continue;
        }
        let source = String::from_utf8(source.clone()).expect("UTF-8");
        let args = &case.commands[0].args;
        let deps: Vec<(&str, &str)> = args.iter().filter_map(|a| a.split_once('=')).collect();
        let expected = upstream(&source, &deps, fixtures.path());
        match case.commands[0].code {
            0 => {}
            1 => {
                assert!(expected.is_err(), "{}", case.name);
                refused += 1;
                continue;
            }
            _ => continue,
        }
        fs::write(fixtures.path().join("in.wac"), source).expect("write");
        let output = run(fixtures.path(), args);
        assert!(output.status.success(), "{}", text(&output));
        let bytes = fs::read(fixtures.path().join("out.wasm")).expect("out.wasm");
        let error = expected.as_ref().err();
        assert!(expected.as_ref() == Ok(&bytes), "{}: {error:?}", case.name);
        same += 1;
    }
    assert!(same >= 2 && refused >= 10, "{same} {refused}");
}

/// All orders of things.
fn orders<T: Clone>(things: &[T]) -> Vec<Vec<T>> {
    if things.is_empty() {
        return vec![Vec::new()];
    }
    let mut out = Vec::new();
    for i in 0..things.len() {
        let mut rest = things.to_vec();
        let first = rest.remove(i);
        for mut order in orders(&rest) {
            order.insert(0, first.clone());
            out.push(order);
        }
    }
    out
}

/// A directory with the files, created in this order, which is what some file systems list them in.
fn directory(from: &Path, order: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("tempdir");
    for file in order {
        fs::copy(from.join(file), dir.path().join(file)).expect("copy");
    }
    dir
}

#[test]
fn plugging_gives_the_same_bytes_in_any_directory_and_each_time() {
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
        for order in orders(&files) {
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

#[test]
fn dependencies_of_a_composition_may_come_in_any_order() {
    let fixtures = fixtures();
    let mut cases = golden::Case::all("compose").into_iter();
    let case = cases.find(|case| case.name == "spread").expect("the case");
    fs::write(fixtures.path().join("in.wac"), &case.input["in.wac"]).expect("write");
    let deps = ["socket", "logger", "store"].map(|n| format!("--dep=demo:{n}={n}.wasm"));
    let mut first: Option<Vec<u8>> = None;
    for order in orders(&deps) {
        let mut args = vec!["compose", "in.wac", "-o", "out.wasm"];
        args.extend(order.iter().map(String::as_str));
        let output = run(fixtures.path(), &args);
        assert!(output.status.success(), "{}", text(&output));
        let bytes = fs::read(fixtures.path().join("out.wasm")).expect("out.wasm");
        assert!(*first.get_or_insert(bytes.clone()) == bytes, "{order:?}");
    }
}
