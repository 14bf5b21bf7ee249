//! Credentials for registries, from Docker's configuration and its helpers.
//!
//! `$DOCKER_CONFIG/config.json`, by default `~/.docker/config.json`, else Podman's
//! `$REGISTRY_AUTH_FILE` or `$XDG_RUNTIME_DIR/containers/auth.json`.

use base64::prelude::{Engine, BASE64_STANDARD};
use rules_wit_common::{display_path, read_text, reason, Diagnostic, Limit, Result};
use serde_json::Value;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A user of a registry.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// A name and a password or access token.
    Basic { user: String, password: String },
    /// A token with which access tokens are requested.
    IdentityToken(String),
}

/// Returns the credentials of a registry, or `None` if there are none.
///
/// Errors: a malformed configuration, and a helper that fails.
pub fn of(registry: &str) -> Result<Option<Credentials>> {
    for file in files() {
        if !file.is_file() {
            continue;
        }
        let shown = display_path(&file);
        let text = read_text(&file, Limit::SOURCE)?;
        let config: Value = serde_json::from_str(&text).map_err(|e| {
            Diagnostic::new(format!("`{shown}` is not JSON: {e}"))
                .hint("correct the file, or point DOCKER_CONFIG at another directory")
        })?;
        for key in keys(registry) {
            if let Some(found) = from_config(&config, &key, &shown)? {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

/// The files that may exist, in the order of precedence.
fn files() -> Vec<PathBuf> {
    let variable = |name: &str| {
        std::env::var_os(name)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    let home = variable("HOME").or_else(|| variable("USERPROFILE"));
    let docker = variable("DOCKER_CONFIG").or_else(|| home.map(|h| h.join(".docker")));
    [
        docker.map(|d| d.join("config.json")),
        variable("REGISTRY_AUTH_FILE"),
        variable("XDG_RUNTIME_DIR").map(|d| d.join("containers/auth.json")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The names under which the credentials of a registry are kept.
fn keys(registry: &str) -> Vec<String> {
    let mut keys = vec![
        registry.to_owned(),
        format!("https://{registry}"),
        format!("https://{registry}/"),
        format!("https://{registry}/v1/"),
        format!("https://{registry}/v2/"),
        format!("http://{registry}"),
    ];
    if registry == "docker.io" {
        keys.push("https://index.docker.io/v1/".to_owned());
    }
    keys
}

fn from_config(config: &Value, key: &str, shown: &str) -> Result<Option<Credentials>> {
    let text = |v: &Value| v.as_str().filter(|t| !t.is_empty()).map(str::to_owned);
    if let Some(helper) = text(&config["credHelpers"][key]) {
        return ask(&helper, key);
    }
    let entry = &config["auths"][key];
    if let Some(token) = text(&entry["identitytoken"]) {
        return Ok(Some(Credentials::IdentityToken(token)));
    }
    if let Some(auth) = text(&entry["auth"]) {
        let decoded = BASE64_STANDARD.decode(auth).ok();
        let decoded = decoded.and_then(|d| String::from_utf8(d).ok());
        let pair = decoded
            .as_deref()
            .and_then(|d| d.trim_end_matches('\0').split_once(':'));
        let Some((user, password)) = pair else {
            return Err(Diagnostic::new(format!(
                "the credentials of `{key}` in `{shown}` are malformed"
            ))
            .hint("log in again")
            .into());
        };
        return Ok(Some(basic(user, password)));
    }
    if let (Some(user), Some(password)) = (text(&entry["username"]), text(&entry["password"])) {
        return Ok(Some(basic(&user, &password)));
    }
    // A store has entries for all registries; only those that were logged in to are in `auths`.
    match text(&config["credsStore"]) {
        Some(store) if !entry.is_null() => ask(&store, key),
        _ => Ok(None),
    }
}

fn basic(user: &str, password: &str) -> Credentials {
    // The user name with which Docker's helpers mark identity tokens.
    if user == "<token>" {
        return Credentials::IdentityToken(password.to_owned());
    }
    Credentials::Basic {
        user: user.to_owned(),
        password: password.to_owned(),
    }
}

/// Runs `docker-credential-<helper> get`.
fn ask(helper: &str, key: &str) -> Result<Option<Credentials>> {
    let program = format!("docker-credential-{helper}");
    let fail = |why: &str| {
        Diagnostic::environment(format!(
            "`{program}` returned no credentials of `{key}`: {why}"
        ))
        .hint("install the helper and log in, or remove it from Docker's configuration")
    };
    if helper.contains(['/', '\\']) {
        return Err(fail("the name of a helper is not a path").into());
    }
    let child = Command::new(&program)
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.map_err(|e| fail(&reason(&e)))?;
    if let Some(mut input) = child.stdin.take() {
        // A helper that does not read is judged by its output.
        let _ = input.write_all(key.as_bytes());
    }
    let output = child.wait_with_output().map_err(|e| fail(&reason(&e)))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        if text.contains("credentials not found") {
            return Ok(None);
        }
        let why = format!("{}{text}", String::from_utf8_lossy(&output.stderr));
        return Err(fail(why.lines().next().unwrap_or("it failed")).into());
    }
    let answer: Value = serde_json::from_str(&text).map_err(|_| fail("its output is not JSON"))?;
    match (answer["Username"].as_str(), answer["Secret"].as_str()) {
        (Some(user), Some(password)) => Ok(Some(basic(user, password))),
        _ => Err(fail("its output has no `Username` and `Secret`").into()),
    }
}
