//! Linked libraries, one of which calls a function of the other.

#[allow(dead_code)]
#[path = "support/cases.rs"]
mod cases;
#[allow(dead_code)]
#[path = "support/tool.rs"]
mod tool;

use cases::{fixtures, run, text};
use std::fs;
use std::path::Path;
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Result, Store};

/// Links the libraries and calls `level`, which returns a number from the other library.
fn level(dir: &Path, args: &[&str]) -> Result<u8> {
    let args = [&["link", "library.module.wasm", "-o", "out.wasm"], args].concat();
    let output = run(dir, &args);
    assert!(output.status.success(), "{}", text(&output));
    let engine = Engine::default();
    let component = Component::new(&engine, fs::read(dir.join("out.wasm"))?)?;
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate(&mut store, &component)?;
    let log = instance.get_export_index(&mut store, None, "demo:p/log@1.0.0");
    let level = instance.get_export_index(&mut store, log.as_ref(), "level");
    let level = instance.get_typed_func::<(), (u8,)>(&mut store, level.expect("a function"))?;
    Ok(level.call(&mut store, ())?.0)
}

#[test]
fn calls_between_libraries() {
    let fixtures = fixtures();
    let number = "number=library-number.module.wasm";
    assert_eq!(level(fixtures.path(), &[number]).expect("a level"), 7);
    let open = ["--dl-openable", number];
    assert_eq!(level(fixtures.path(), &open).expect("a level"), 7);
    let removed = [number, "--remove-unused"];
    assert_eq!(level(fixtures.path(), &removed).expect("a level"), 7);
}

#[test]
fn a_stub_of_a_missing_function_traps() {
    let fixtures = fixtures();
    let args = ["number=empty.module.wasm", "--stub-missing-functions"];
    let error = level(fixtures.path(), &args).expect_err("a trap");
    assert!(format!("{error:?}").contains("unreachable"), "{error:?}");
}
