//! The package registries, accessed by their clients on a local server.

use crate::server::{Reply, Server};
use crate::support::{integrity, sha256, tarball, wheel, Workspace};
use std::fs;

fn file(package: &str) -> String {
    format!(
        "{{\n  \"tool_name\": \"demo\",\n  \"github_repo\": \"example/demo\",\n  \"latest_version\": \"1.0.0\",\n  \
         \"versions\": {{\n    \"1.0.0\": {{\n      \"packages\": [\n        {package}\n      ],\n      \"platforms\": {{}}\n    }}\n  }}\n}}\n"
    )
}

fn package(keys: &[(&str, &str)]) -> String {
    let keys: Vec<String> = keys
        .iter()
        .map(|(k, v)| format!("          \"{k}\": {v}"))
        .collect();
    format!("{{\n{}\n        }}", keys.join(",\n"))
}

/// Adds 1.1.0 and compares its hash. A wrong published hash, a missing version and an entry with a
/// flipped digit are errors.
fn all(workspace: &Workspace, hash: &str, flip: (&str, &str), corrupt: &str) {
    let before = workspace.json();
    workspace
        .run(&["update", "demo", "7.7.7"])
        .expect(1, &["does not exist"]);
    assert_eq!(workspace.json(), before);
    workspace
        .run(&["update", "demo"])
        .expect(0, &["has demo 1.1.0"]);
    let json = workspace.json();
    assert!(
        json.contains("\"latest_version\": \"1.1.0\"") && json.contains(hash),
        "{json}"
    );
    let ran = workspace.run(&["validate"]).expect(0, &[]);
    assert!(ran.stdout().contains("2 match"), "{}", ran.stdout());
    workspace.write(
        "checksums/tools/demo.json",
        &json.replacen(flip.0, flip.1, 1),
    );
    workspace
        .run(&["validate"])
        .expect(1, &["has a different hash", flip.0, flip.1]);
    workspace.write("checksums/tools/demo.json", &json);
    workspace
        .run(&["update", "demo", corrupt])
        .expect(1, &["does not have the hash of its source"]);
    assert_eq!(workspace.json(), json);
}

fn flipped(hash: &str) -> String {
    // Not the last character, which is padding in base64.
    let at = hash.len() - 8;
    let other = if hash.as_bytes()[at] == b'0' {
        "1"
    } else {
        "0"
    };
    format!("{}{other}{}", &hash[..at], &hash[at + 1..])
}

#[test]
fn crates() {
    let of = |version: &str| {
        let manifest = format!(
            "[package]\nname = \"demo-crate\"\nversion = \"{version}\"\nedition = \"2021\"\n"
        );
        let folder = format!("demo-crate-{version}");
        tarball(&[
            (&format!("{folder}/Cargo.toml"), &manifest),
            (&format!("{folder}/src/lib.rs"), ""),
        ])
    };
    let (old, new) = (of("1.0.0"), of("1.1.0"));
    let hashes = [sha256(&old), sha256(&new)];
    let line = |version: &str, hash: &str, yanked: bool| {
        format!(
            "{{\"name\":\"demo-crate\",\"vers\":\"{version}\",\"deps\":[],\"cksum\":\"{hash}\",\"features\":{{}},\"yanked\":{yanked}}}\n"
        )
    };
    let index = line("1.0.0", &hashes[0], false)
        + &line("1.1.0", &hashes[1], false)
        // The server has a different file.
        + &line("1.0.5", &"a".repeat(64), false)
        + &line("2.0.0", &hashes[1], true);
    let address = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
    let own = std::sync::Arc::clone(&address);
    let server = Server::start(move |request, _| match request.path.as_str() {
        "/index/config.json" => Reply::ok(format!(
            "{{\"dl\": \"{}/dl\"}}",
            own.get().expect("address")
        )),
        "/index/de/mo/demo-crate" => Reply::ok(index.clone()),
        "/dl/demo-crate/1.0.0/download" => Reply::ok(old.clone()),
        "/dl/demo-crate/1.1.0/download" => Reply::ok(new.clone()),
        "/dl/demo-crate/1.0.5/download" => Reply::ok(old.clone()),
        _ => Reply::new(404),
    });
    address.set(server.address.clone()).expect("once");
    let entry = package(&[
        ("name", "\"demo-crate\""),
        ("sha256", &format!("\"{}\"", hashes[0])),
        ("source", "\"crate\""),
        ("verified", "false"),
        ("version", "\"1.0.0\""),
    ]);
    let workspace = Workspace::with(&file(&entry));
    // The cargo configuration of the user names the mirror.
    let config = format!(
        "[source.crates-io]\nreplace-with = \"mirror\"\n[source.mirror]\nregistry = \"sparse+{}/index/\"\n",
        server.address
    );
    fs::write(workspace.dir.path().join("cargo/config.toml"), config).expect("write");
    all(
        &workspace,
        &hashes[1],
        (&hashes[1], &flipped(&hashes[1])),
        "1.0.5",
    );
    workspace
        .run(&["update", "demo", "2.0.0"])
        .expect(1, &["does not exist"]);
}

#[test]
fn npm() {
    let of = |version: &str| {
        let manifest = format!("{{\"name\": \"@demo/tool\", \"version\": \"{version}\"}}");
        tarball(&[("package/package.json", manifest.as_str())])
    };
    let (old, new) = (of("1.0.0"), of("1.1.0"));
    let hashes = [integrity(&old), integrity(&new)];
    let address = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
    let own = std::sync::Arc::clone(&address);
    let listed = hashes.clone();
    let server = Server::start(move |request, _| {
        let version = |version: &str, hash: &str| {
            let address = own.get().expect("address");
            format!(
                "\"{version}\": {{\"name\": \"@demo/tool\", \"version\": \"{version}\", \"dist\": {{\"integrity\": \"{hash}\", \
                 \"tarball\": \"{address}/files/{version}.tgz\"}}}}"
            )
        };
        match request.path.replace("%2f", "/").replace("%2F", "/").as_str() {
            "/@demo/tool" => Reply::ok(format!(
                "{{\"name\": \"@demo/tool\", \"dist-tags\": {{\"latest\": \"1.1.0\"}}, \"versions\": {{{}, {}, {}}}}}",
                version("1.0.0", &listed[0]),
                version("1.1.0", &listed[1]),
                version("1.0.5", &listed[1]),
            ))
            .header("Content-Type", "application/json"),
            "/files/1.0.0.tgz" | "/files/1.0.5.tgz" => Reply::ok(old.clone()),
            "/files/1.1.0.tgz" => Reply::ok(new.clone()),
            _ => Reply::new(404),
        }
    });
    address.set(server.address.clone()).expect("once");
    let entry = package(&[
        ("integrity", &format!("\"{}\"", hashes[0])),
        ("name", "\"@demo/tool\""),
        ("source", "\"npm\""),
        ("verified", "false"),
        ("version", "\"1.0.0\""),
    ]);
    let mut workspace = Workspace::with(&file(&entry));
    workspace.variable("npm_config_registry", &server.address);
    // By default, npm retries for two minutes.
    for name in ["mintimeout", "maxtimeout"] {
        workspace.variable(&format!("npm_config_fetch_retry_{name}"), "10");
    }
    all(
        &workspace,
        &hashes[1],
        (&hashes[1], &flipped(&hashes[1])),
        "1.0.5",
    );
}

#[test]
fn pypi() {
    let (old, new) = (wheel("demo_tool", "1.0.0"), wheel("demo_tool", "1.1.0"));
    let hashes = [sha256(&old), sha256(&new)];
    let listed = hashes.clone();
    let server = Server::start(move |request, _| {
        let link = |version: &str, hash: &str| {
            let file = format!("demo_tool-{version}-py3-none-any.whl");
            format!("<a href=\"/files/{file}#sha256={hash}\">{file}</a><br>")
        };
        match request.path.as_str() {
            "/simple/demo-tool/" => Reply::ok(format!(
                "<!DOCTYPE html><html><body>{}{}{}</body></html>",
                link("1.0.0", &listed[0]),
                link("1.1.0", &listed[1]),
                link("1.0.5", &listed[1]),
            ))
            .header("Content-Type", "text/html"),
            "/files/demo_tool-1.1.0-py3-none-any.whl" => Reply::ok(new.clone()),
            path if path.starts_with("/files/") => Reply::ok(old.clone()),
            _ => Reply::new(404),
        }
    });
    let entry = package(&[
        ("file", "\"demo_tool-1.0.0-py3-none-any.whl\""),
        ("name", "\"demo-tool\""),
        ("sha256", &format!("\"{}\"", hashes[0])),
        ("source", "\"pypi\""),
        ("verified", "false"),
        ("version", "\"1.0.0\""),
    ]);
    let mut workspace = Workspace::with(&file(&entry));
    workspace.variable("PIP_INDEX_URL", format!("{}/simple", server.address));
    all(
        &workspace,
        &hashes[1],
        (&hashes[1], &flipped(&hashes[1])),
        "1.0.5",
    );
    assert!(workspace
        .json()
        .contains("\"file\": \"demo_tool-1.1.0-py3-none-any.whl\""));
    // pip would run the build script of a source distribution.
    workspace.write(
        "checksums/tools/demo.json",
        &file(&entry.replace("-py3-none-any.whl", ".tar.gz")),
    );
    workspace
        .run(&["validate"])
        .expect(0, &["unreachable pypi", "pip would run the build script"]);
}

#[test]
fn a_registry_that_is_down() {
    let entry = package(&[
        ("name", "\"demo-crate\""),
        ("sha256", &format!("\"{}\"", "a".repeat(64))),
        ("source", "\"crate\""),
        ("verified", "false"),
        ("version", "\"1.0.0\""),
    ]);
    let workspace = Workspace::with(&file(&entry));
    let config = "[source.crates-io]\nreplace-with = \"mirror\"\n[source.mirror]\nregistry = \"sparse+http://127.0.0.1:9/\"\n[net]\nretry = 0\n";
    fs::write(workspace.dir.path().join("cargo/config.toml"), config).expect("write");
    workspace
        .run(&["update", "demo"])
        .expect(3, &["cannot reach crate demo-crate"]);
    workspace
        .run(&["validate"])
        .expect(0, &["unreachable crate demo-crate 1.0.0"]);
}
