//! The real package registries, with small packages that do not change.

#[path = "../local/support.rs"]
#[allow(dead_code)]
mod support;

use support::Workspace;

fn demo(packages: &str) -> String {
    support::DEMO.replace(
        "\"platforms\": {\n",
        &format!("\"packages\": [\n        {packages}\n      ],\n      \"platforms\": {{\n"),
    )
}

/// Returns a workspace with the configuration of this machine, which may name mirrors.
fn workspace(packages: &str) -> Workspace {
    let mut workspace = Workspace::with(&demo(packages));
    for (name, value) in std::env::vars_os() {
        let text = name.to_string_lossy().into_owned();
        let wanted =
            ["CARGO_HOME", "HOME", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"].contains(&text.as_str());
        if wanted
            || ["PIP_", "npm_config_", "CARGO_NET_", "CARGO_HTTP_"]
                .iter()
                .any(|p| text.starts_with(p))
            || text.to_lowercase().ends_with("_proxy")
        {
            workspace.variable(&text, value);
        }
    }
    if let (None, Some(home)) = (std::env::var_os("CARGO_HOME"), std::env::var_os("HOME")) {
        workspace.variable("CARGO_HOME", std::path::Path::new(&home).join(".cargo"));
    }
    workspace
}

/// The entry is valid, and an entry with a flipped digit is not.
fn check(entry: &str, hash: &str) {
    let flip = |c: char| if c == '0' { '1' } else { '0' };
    let at = hash.len() - 8;
    let flipped: String = hash
        .chars()
        .enumerate()
        .map(|(i, c)| if i == at { flip(c) } else { c })
        .collect();
    let ran = workspace(entry).run(&["validate"]).expect(0, &["matches "]);
    assert!(
        ran.stdout().contains("1 match their downloads, 0 do not"),
        "{}",
        ran.stdout()
    );
    workspace(&entry.replace(hash, &flipped))
        .run(&["validate"])
        .expect(1, &["has a different hash", hash]);
}

#[test]
fn a_crate() {
    let hash = "baf1de4339761588bc0619e3cbc0120ee582ebb74b53b4efbf79117bd2da40fd";
    let entry = format!(
        "{{\n          \"name\": \"cfg-if\",\n          \"sha256\": \"{hash}\",\n          \"source\": \"crate\",\n          \
         \"verified\": true,\n          \"version\": \"1.0.0\"\n        }}"
    );
    check(&entry, hash);
}

#[test]
fn an_npm_package() {
    let hash = "sha512-XI5MPzVNApjAyhQzphX8BkmKsKUxD4LdyK24iZeQGinBN9yTQT3bFlCBy/aVx2HrNcqQGsdot8ghrjyrvMCoEA==";
    let entry = format!(
        "{{\n          \"integrity\": \"{hash}\",\n          \"name\": \"left-pad\",\n          \"source\": \"npm\",\n          \
         \"verified\": true,\n          \"version\": \"1.3.0\"\n        }}"
    );
    check(&entry, hash);
}

#[test]
fn a_python_package() {
    let hash = "8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254";
    let entry = format!(
        "{{\n          \"file\": \"six-1.16.0-py2.py3-none-any.whl\",\n          \"name\": \"six\",\n          \"sha256\": \"{hash}\",\n          \
         \"source\": \"pypi\",\n          \"verified\": true,\n          \"version\": \"1.16.0\"\n        }}"
    );
    check(&entry, hash);
}
