//! Unbundled components: which modules are extracted, and that the component behaves as before.

#[allow(dead_code)]
#[path = "support/cases.rs"]
mod cases;
#[allow(dead_code)]
#[path = "support/tool.rs"]
mod tool;

use cases::{entries, fixtures, name, run, text};
use std::fs;
use std::path::Path;
use wasmparser::{Parser, Payload};
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Module, Store};

fn unbundle(dir: &Path, component: &str, threshold: usize) -> (Vec<u8>, Vec<Vec<u8>>) {
    let out = dir.join("out");
    let _ = fs::remove_dir_all(&out);
    let threshold = format!("--threshold={threshold}");
    let output = run(dir, &["unbundle", component, "-o", "out", &threshold]);
    assert!(output.status.success(), "{}", text(&output));
    let count = entries(&out).len() - 1;
    let read = |name: String| fs::read(out.join(name)).expect("a file");
    let modules = (0..count).map(|n| read(format!("unbundled-module{n}.wasm")));
    let modules = modules.collect();
    (read("component.wasm".to_owned()), modules)
}

/// The modules in a component, at any depth.
fn modules(component: &[u8]) -> Vec<&[u8]> {
    let payloads = Parser::new(0).parse_all(component);
    payloads
        .filter_map(|payload| match payload.expect("valid") {
            Payload::ModuleSection {
                unchecked_range, ..
            } => Some(&component[unchecked_range.start as usize..unchecked_range.end as usize]),
            _ => None,
        })
        .collect()
}

/// Calls `run` or `clock` of a component that imports the modules.
fn call(component: &[u8], modules: &[Vec<u8>]) -> u64 {
    let engine = Engine::default();
    let component = Component::new(&engine, component).expect("a component");
    let mut linker = Linker::new(&engine);
    for (n, module) in modules.iter().enumerate() {
        let module = Module::new(&engine, module).expect("a module");
        let mut root = linker.root();
        root.module(&format!("unbundled-module{n}"), &module)
            .expect("an import");
    }
    let mut store = Store::new(&engine, ());
    let instance = linker
        .instantiate(&mut store, &component)
        .expect("instance");
    let func = ["run", "clock"]
        .iter()
        .find_map(|name| instance.get_typed_func::<(), (u64,)>(&mut store, name).ok())
        .expect("a function");
    func.call(&mut store, ()).expect("returns").0
}

#[test]
fn unbundled_components_behave_as_before() {
    let fixtures = fixtures();
    for (component, count, value) in [("clock.wasm", 1, 7), ("nested.wasm", 3, 42)] {
        let whole = fs::read(fixtures.path().join(component)).expect("read");
        assert_eq!(call(&whole, &[]), value);
        let mut sizes: Vec<usize> = modules(&whole).iter().map(|m| m.len()).collect();
        assert_eq!(sizes.len(), count);
        sizes.push(0);
        for threshold in sizes {
            let (rest, taken) = unbundle(fixtures.path(), component, threshold);
            let expected: Vec<&[u8]> = modules(&whole)
                .into_iter()
                .filter(|m| m.len() > threshold)
                .collect();
            assert_eq!(taken, expected, "{component} {threshold}");
            assert_eq!(modules(&rest).len(), count - taken.len());
            assert_eq!(call(&rest, &taken), value, "{component} {threshold}");
        }
    }
}

#[test]
fn all_fixtures_can_be_unbundled() {
    let fixtures = fixtures();
    let dir = fixtures.path();
    for file in entries(dir) {
        let component = name(&file);
        if component.ends_with(".module.wasm")
            || !run(dir, &["validate", &component]).status.success()
        {
            continue;
        }
        // Modules whose types a component cannot import, and a component without modules.
        if ["struct.wasm", "group.wasm", "no-wit.wasm"].contains(&component.as_str()) {
            continue;
        }
        let (rest, taken) = unbundle(dir, &component, 0);
        assert!(
            modules(&rest).is_empty() && !taken.is_empty(),
            "{component}"
        );
        let valid = run(dir, &["validate", "out/component.wasm"]);
        assert!(valid.status.success(), "{component}: {}", text(&valid));
        let (again, _) = unbundle(dir, &component, 0);
        assert!(again == rest, "{component}: not deterministic");
    }
}
