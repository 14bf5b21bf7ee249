//! The golden tests of `component`. The modules in `fixtures.txtar` are in each case's directory as
//! `NAME.module.wasm`, and as `NAME.wasm` where a component can be made of them. Each `NAME.wat` of a
//! case is there as `NAME.wasm` too.
//!
//! `COMPONENT_BIN` names the binary where Cargo does not.

#[allow(dead_code)]
#[path = "../support/cases.rs"]
mod cases;
mod lower;
#[allow(dead_code)]
#[path = "../support/mod.rs"]
mod support;

use golden::{Done, Files, Folder, Suite, Tree};
use std::process::ExitCode;
use std::sync::OnceLock;
use support::tool;

const FOLDERS: &[&str] = &[
    "compose", "dylib", "graph", "link", "new", "pic", "plug", "targets", "unbundle", "validate",
    "wit",
];

fn main() -> ExitCode {
    let suite = Suite::new("component", option_env!("CARGO_BIN_EXE_component")).setup(setup);
    let folder = |name: &&'static str| Folder::new(name).check(check).unlisted(&["out", "stamp"]);
    FOLDERS
        .iter()
        .map(folder)
        .fold(suite, Suite::folder)
        .folder(Folder::new("lower").check(lower::check).unlisted(&["out"]))
        .main()
}

/// The fixtures, made once.
fn fixtures() -> &'static Files {
    static FIXTURES: OnceLock<Files> = OnceLock::new();
    FIXTURES.get_or_init(|| golden::files_below(cases::fixtures().path()))
}

fn setup(tree: &Tree) {
    for (name, bytes) in fixtures() {
        tree.write(name, bytes);
    }
    for (name, text) in golden::files_below(tree.path()) {
        if let Some(stem) = name.strip_suffix(".wat") {
            let wasm = wat::parse_bytes(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
            tree.write(&format!("{stem}.wasm"), wasm);
        }
    }
}

/// Cases of errors print and write nothing else. In the others the component is valid, its WIT is
/// recorded, and it is the same each time and in each directory.
fn check(done: &Done) {
    let (command, output) = (&done.case.commands[0], &done.outputs[0]);
    let is_error = done.name().starts_with("error-");
    assert_eq!(output.code != 0, is_error, "{}", output.text());
    if is_error {
        assert_eq!(output.stdout, "");
        assert!(done.changed.is_empty(), "files were written");
        return;
    }
    if command.args.iter().any(|arg| arg == "stamp") {
        assert!(done.changed.contains_key("stamp"), "no stamp");
    }
    let Some(component) = done.changed.get("out.wasm") else {
        return;
    };
    let wit = done
        .case
        .commands
        .get(1)
        .map(|command| command.args.join(" "));
    assert_eq!(wit.as_deref(), Some("wit out.wasm"));
    let valid = done.tree.run(&["validate", "out.wasm"]);
    assert_eq!(valid.code, 0, "{}", valid.text());
    let elsewhere = done.fresh();
    for _ in 0..4 {
        let again = elsewhere.run(&command.args);
        assert_eq!(again.code, 0, "{}", again.text());
        let again = std::fs::read(elsewhere.path().join("out.wasm")).expect("out.wasm");
        assert!(again == *component, "not the same twice");
    }
}
