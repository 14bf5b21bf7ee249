//! Tests of `component` that inspect its outputs.
//!
//! Outside of cargo, `COMPONENT_BIN` is the binary and `GOLDEN_DIR` the directory of `fixtures.txtar`.

#[allow(dead_code)]
#[path = "support/cases.rs"]
mod cases;
#[path = "support/tool.rs"]
mod tool;

use cases::{fixture, fixtures, run, text};
use std::fs;
use tool::binary;

#[test]
fn strip_removes_names() {
    let fixtures = fixtures();
    let dir = fixtures.path();
    let has_name = |file: &str| {
        let bytes = fs::read(dir.join(file)).expect("read");
        bytes.windows(12).any(|w| w == b"telltale-fun")
    };
    let module = wat::parse_str(
        fixture("logger.wat").replace("(func (;0;)", "(func $telltale-function (;0;)"),
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
fn the_first_plug_wins() {
    let fixtures = fixtures();
    let plug = |first: &str, second: &str| {
        let args = ["plug", "socket.wasm", "--plug", first, "--plug", second];
        let args: Vec<&str> = args.into_iter().chain(["-o", "out.wasm"]).collect();
        run(fixtures.path(), &args)
    };
    // `log` comes from the first plug, `kv` from the second.
    let output = plug("logger.wasm", "both.wasm");
    assert!(output.status.success(), "{}", text(&output));
    // The first plug exports both.
    let output = plug("both.wasm", "logger.wasm");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("plug logger.wasm fills no import"));
}

#[test]
fn module_and_manifest_appear_together() {
    let fixtures = fixtures();
    let dir = fixtures.path();
    let files = || fs::read_dir(dir).expect("directory").count();
    let before = files();
    let lower = ["lower", "composed.wasm", "--memory", "multi"];
    for (output, code) in [("no/out.wasm", 3), ("manifest.json", 2), (".", 3)] {
        let args = [&lower[..], &["--manifest", "manifest.json", "-o", output]].concat();
        let ran = run(dir, &args);
        assert_eq!(ran.status.code(), Some(code), "{}", text(&ran));
        assert_eq!(files(), before, "{output}");
    }
}

#[test]
fn version_prints_the_versions_of_the_libraries() {
    golden::check_versions(&binary(), 4);
}
