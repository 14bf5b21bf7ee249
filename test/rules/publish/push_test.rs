//! Runs the programs of `wasm_component_push` and `wit_push` with a registry in memory, and uses what is pulled again.

#[path = "../../../tools/publisher/tests/registry/server.rs"]
mod server;

use serde_json::Value;
use server::{digest, Server};
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// The file that a variable names; of the two of a program that a rule makes, the one without its arguments.
fn file(variable: &str) -> PathBuf {
    let paths = std::env::var(variable).expect(variable);
    let path = paths.split(' ').find(|path| !path.ends_with(".args"));
    // The program reads a file beside it, so its link is not resolved.
    std::path::absolute(path.expect(variable)).expect("absolute")
}

struct Run(i32, String, String);

fn run(directory: &TempDir, program: &str, args: &[&str]) -> Run {
    let output = Command::new(file(program))
        .args(args)
        .env("DOCKER_CONFIG", directory.path())
        .current_dir(directory.path())
        .output()
        .expect(program);
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8").trim().to_owned();
    Run(
        output.status.code().expect("exits"),
        text(output.stdout),
        text(output.stderr),
    )
}

fn ok(run: Run) -> String {
    assert_eq!(run.0, 0, "{}\n{}", run.1, run.2);
    run.1
}

/// The document that was pushed with the artifact `tag`.
fn provenance(server: &Server) -> Value {
    let state = server.state();
    let referrer = state
        .manifests
        .values()
        .find(|(_, m)| String::from_utf8_lossy(m).contains("vnd.cyclonedx"));
    let referrer: Value = serde_json::from_slice(&referrer.expect("referrer").1).expect("JSON");
    let layer = referrer["layers"][0]["digest"].as_str().expect("digest");
    serde_json::from_slice(&state.blobs[layer]).expect("JSON")
}

fn names(document: &Value, kind: &str) -> Vec<String> {
    let parts = document["components"].as_array().expect("components");
    let references = parts.iter().filter_map(|p| p["bom-ref"].as_str());
    references
        .filter_map(|r| r.strip_prefix(kind))
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_component_is_pushed_and_runs() {
    let (directory, server) = (tempfile::tempdir().expect("tempdir"), Server::start());
    server.state().referrers = true;
    let reference = format!("{}/t", server.address);
    let pushed = ok(run(&directory, "PUSH", &["--reference", &reference]));
    let component = std::fs::read(file("COMPONENT")).expect("component");
    {
        let state = server.state();
        assert!(state.blobs.values().any(|b| *b == component));
        assert!(state.manifests.contains_key("1.0.0") && state.manifests.contains_key("latest"));
        let config = state.blobs.values().find_map(|b| {
            let value: Value = serde_json::from_slice(b).ok()?;
            value["component"].is_object().then_some(value)
        });
        let config = config.expect("configuration");
        let list = |key: &str| {
            config["component"][key]
                .as_array()
                .expect(key)
                .iter()
                .map(|v| v.as_str().expect("name").to_owned())
                .collect::<Vec<_>>()
        };
        assert!(
            list("exports")
                .iter()
                .any(|e| e.starts_with("wasi:cli/run@0.2.")),
            "{config}"
        );
        assert!(
            list("imports")
                .iter()
                .any(|e| e.starts_with("wasi:filesystem/types@0.2.")),
            "{config}"
        );
        assert!(
            list("exports")
                .contains(&"airssys:core-component/component-lifecycle@1.0.0".to_owned()),
            "{config}"
        );
    }
    let document = provenance(&server);
    assert_eq!(document["metadata"]["component"]["name"], "airssys:demo");
    assert_eq!(document["metadata"]["component"]["version"], "1.0.0");
    let hash = digest(&component);
    assert_eq!(
        document["metadata"]["component"]["hashes"][0]["content"],
        hash.strip_prefix("sha256:").expect("digest")
    );
    let wit = names(&document, "wit:");
    assert!(
        wit.contains(&"airssys:core-types@1.0.0".to_owned()),
        "{wit:?}"
    );
    assert!(
        wit.iter().any(|w| w.starts_with("wasi:filesystem@0.2.")),
        "{wit:?}"
    );
    let crates = names(&document, "crate:");
    for start in ["bindings", "block-buffer@0.", "humantime@2."] {
        assert!(
            crates.iter().any(|c| c.starts_with(start)),
            "{start}: {crates:?}"
        );
    }
    // Every crate of a registry has its checksum: those of the example, and those that bindings link.
    for part in document["components"].as_array().expect("components") {
        if part["purl"].is_string() {
            let checksum = part["hashes"][0]["content"].as_str();
            assert_eq!(checksum.map(str::len), Some(64), "{part}");
        }
    }
    assert!(
        !crates.iter().any(|c| c.starts_with("build_script")),
        "{crates:?}"
    );
    assert!(
        names(&document, "component:")
            .iter()
            .any(|c| c.starts_with("host.wasm:")),
        "{document}"
    );
    let tools = document["metadata"]["tools"]["components"].to_string();
    assert!(
        tools.contains("rules_wit") && tools.contains("wit-component"),
        "{tools}"
    );

    ok(run(
        &directory,
        "PUBLISHER_BIN",
        &["pull", "--plain-http", &pushed, "-o", "pulled.wasm"],
    ));
    let answer = ok(run(
        &directory,
        "RUNNER_BIN",
        &["invoke", "pulled.wasm", "execute()"],
    ));
    assert_eq!(answer, "err(not-running)");
    let verify = ["verify", "--plain-http", &pushed, "--file", "pulled.wasm"];
    assert_eq!(ok(run(&directory, "PUBLISHER_BIN", &verify)), pushed);
    let pulled = directory.path().join("pulled.wasm");
    let mut bytes = std::fs::read(&pulled).expect("read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&pulled, bytes).expect("write");
    let Run(code, _, error) = run(&directory, "PUBLISHER_BIN", &verify);
    assert!(
        code == 1 && error.contains("`pulled.wasm` differs"),
        "{error}"
    );

    // What `embed` has made is the same component with a section more, and has the same provenance.
    let outputs = std::env::var("EMBEDDED").expect("EMBEDDED");
    let output = |end: &str| {
        std::fs::read(outputs.split(' ').find(|o| o.ends_with(end)).expect(end)).expect(end)
    };
    let embedded = output(".wasm");
    assert!(embedded.starts_with(&component) && embedded.len() > component.len());
    let built: Value = serde_json::from_slice(&output(".cdx.json")).expect("JSON");
    assert_eq!(built, document);
}

#[test]
fn a_wit_package_is_pushed() {
    let (directory, server) = (tempfile::tempdir().expect("tempdir"), Server::start());
    server.state().referrers = true;
    let reference = format!("{}/t", server.address);
    let pushed = ok(run(&directory, "PUSH_WIT", &["--reference", &reference]));
    let config = server.state().blobs.values().find_map(|b| {
        let value: Value = serde_json::from_slice(b).ok()?;
        value["component"].is_object().then_some(value)
    });
    let exports = config.expect("configuration")["component"]["exports"].to_string();
    assert!(
        exports.contains("airssys:core-component/component-lifecycle@1.0.0"),
        "{exports}"
    );
    assert_eq!(
        names(&provenance(&server), "wit:"),
        ["airssys:core-component@1.0.0", "airssys:core-types@1.0.0"]
    );

    ok(run(
        &directory,
        "PUBLISHER_BIN",
        &["pull", "--plain-http", &pushed, "-o", "pulled.wasm"],
    ));
    let text = ok(run(
        &directory,
        "COMPONENT_BIN",
        &["wit", "--no-deps", "pulled.wasm"],
    ));
    assert!(
        text.starts_with("package airssys:core-component@1.0.0;"),
        "{text}"
    );
    assert!(
        text.contains("use airssys:core-types/types@1.0.0.{")
            && !text.contains("package airssys:core-types"),
        "{text}"
    );
}
