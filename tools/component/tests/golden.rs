//! Runs `component` over the cases beside this file, in a directory for each subcommand.
//!
//! A case is a directory with the arguments (`args.txt`, one a line), files of its own, and what is
//! expected: `expected.txt` (standard output) and `expected.wit` (of `out.wasm`), or, where the
//! name begins with `error-`, `error.txt` with the exit code and the message. `BLESS=1` writes what
//! is expected. The modules in `fixtures/` are at hand as `NAME.module.wasm`, and as `NAME.wasm`
//! where a component can be made of them.
//!
//! `COMPONENT_BIN` names the binary and `GOLDEN_DIR` the directory of the cases, where Cargo does
//! not.

#[path = "support/cases.rs"]
mod cases;
#[path = "support/tool.rs"]
mod tool;

use cases::{entries, fixtures, name, run, text};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tool::{binary, root};

fn expect(case: &Path, file: &str, actual: &str) {
    let path = case.join(file);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, actual).expect("bless");
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == actual,
        "{}/{file} differs (BLESS=1 regenerates)\n--- expected\n{expected}\n--- actual\n{actual}",
        name(case)
    );
}

fn cases(subcommand: &str) {
    let fixtures = fixtures();
    let mut count = 0;
    for case in entries(&root().join(subcommand)) {
        count += 1;
        let dir = tempfile::tempdir().expect("tempdir");
        for file in entries(fixtures.path()).iter().chain(&entries(&case)) {
            fs::copy(file, dir.path().join(name(file))).expect("copy");
        }
        let args = fs::read_to_string(case.join("args.txt")).expect("args.txt");
        let args: Vec<&str> = std::iter::once(subcommand).chain(args.lines()).collect();
        let output = run(dir.path(), &args);
        let out = dir.path().join("out.wasm");
        if name(&case).starts_with("error-") {
            let code = output.status.code().expect("exit code");
            assert!(code != 0 && code != 101, "{}: {code}", name(&case));
            assert!(output.stdout.is_empty(), "{}", name(&case));
            assert!(!out.exists(), "{}: output", name(&case));
            assert!(!dir.path().join("stamp").exists(), "{}", name(&case));
            let error = format!("exit {code}\n{}", text(&output));
            expect(&case, "error.txt", &error);
            continue;
        }
        assert!(
            output.status.success(),
            "{}: {}",
            name(&case),
            text(&output)
        );
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        expect(&case, "expected.txt", &stdout);
        if out.exists() {
            check_component(&case, dir.path(), &args);
        }
        if args.contains(&"stamp") {
            assert!(dir.path().join("stamp").exists(), "{}", name(&case));
        }
    }
    assert!(count > 0, "no case for {subcommand}");
}

/// The component is valid, has the expected WIT, and is the same each time and place.
fn check_component(case: &Path, dir: &Path, args: &[&str]) {
    let valid = run(dir, &["validate", "out.wasm"]);
    assert!(valid.status.success(), "{}: {}", name(case), text(&valid));
    let wit = run(dir, &["wit", "out.wasm"]);
    expect(case, "expected.wit", &String::from_utf8_lossy(&wit.stdout));
    let first = fs::read(dir.join("out.wasm")).expect("out.wasm");
    let elsewhere = tempfile::tempdir().expect("tempdir");
    for file in entries(dir) {
        fs::copy(&file, elsewhere.path().join(name(&file))).expect("copy");
    }
    for _ in 0..4 {
        assert!(run(elsewhere.path(), args).status.success());
        let again = fs::read(elsewhere.path().join("out.wasm")).expect("out.wasm");
        assert!(first == again, "{}: not the same twice", name(case));
    }
}

#[test]
fn new() {
    cases("new");
}

#[test]
fn link() {
    cases("link");
}

#[test]
fn validate() {
    cases("validate");
}

#[test]
fn targets() {
    cases("targets");
}

#[test]
fn wit() {
    cases("wit");
}

#[test]
fn plug() {
    cases("plug");
}

#[test]
fn compose() {
    cases("compose");
}

#[test]
fn unbundle() {
    cases("unbundle");
}

#[test]
fn graph() {
    cases("graph");
}

#[test]
fn stripping_takes_names_away_and_leaves_the_world() {
    let fixtures = fixtures();
    let dir = fixtures.path();
    let has_name = |file: &str| {
        let bytes = fs::read(dir.join(file)).expect("read");
        bytes.windows(12).any(|w| w == b"telltale-fun")
    };
    let module = wat::parse_str(
        fs::read_to_string(root().join("fixtures/logger.wat"))
            .expect("read")
            .replace("(func (;0;)", "(func $telltale-function (;0;)"),
    )
    .expect("wat");
    fs::write(dir.join("named.wasm"), module).expect("write");
    for (args, name) in [(&["--strip"][..], false), (&[][..], true)] {
        let mut all = vec!["new", "named.wasm", "-o", "out.wasm"];
        all.extend(args);
        let output = run(dir, &all);
        assert!(output.status.success(), "{}", text(&output));
        assert_eq!(has_name("out.wasm"), name, "{args:?}");
    }
}

#[test]
fn a_plug_is_taken_in_order() {
    let fixtures = fixtures();
    let plug = |first: &str, second: &str| {
        let args = ["plug", "socket.wasm", "--plug", first, "--plug", second];
        let args: Vec<&str> = args.into_iter().chain(["-o", "out.wasm"]).collect();
        run(fixtures.path(), &args)
    };
    // The first gives `log`, the second `kv`.
    let output = plug("logger.wasm", "both.wasm");
    assert!(output.status.success(), "{}", text(&output));
    // The first gives both.
    let output = plug("both.wasm", "logger.wasm");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("plug logger.wasm fills no import"));
}

/// `CARGO_LOCK` names the lock file, where Cargo does not.
#[test]
fn the_version_is_that_of_the_libraries() {
    let lock = std::env::var_os("CARGO_LOCK").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock"),
        PathBuf::from,
    );
    let lock = fs::read_to_string(lock).expect("the lock file");
    let output = Command::new(binary())
        .arg("version")
        .output()
        .expect("runs");
    let version = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(version.lines().count(), 4, "{version}");
    for line in version.lines() {
        let (name, version) = line.split_once(' ').expect("name and version");
        let entry = format!("name = \"{name}\"\nversion = \"{version}\"\n");
        assert!(lock.contains(&entry), "{line}");
    }
}
