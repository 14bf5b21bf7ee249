//! Tests of `component` that look into what it writes.
//!
//! `COMPONENT_BIN` names the binary and `GOLDEN_DIR` the directory of `fixtures/` where Cargo does not.

#[allow(dead_code)]
#[path = "support/cases.rs"]
mod cases;
#[path = "support/tool.rs"]
mod tool;

use cases::{fixtures, run, text};
use std::fs;
use tool::{binary, root};

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

#[test]
fn the_version_is_that_of_the_libraries() {
    golden::check_versions(&binary(), 4);
}
