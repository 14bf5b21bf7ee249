//! Lock files, which follow from the manifests, and the data of crates, which follows from both.

use rules_wit_common::{read_text, Diagnostic, Limit, Result};
use serde::Deserialize;
use std::path::Path;
use std::process::{Command, Stdio};
use toml::{Table, Value};

/// The program that writes the data of crates.
const CRATES: &str = "third_party/crates/update.py";

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
}

/// The folders of the Cargo workspaces among `files`.
pub fn workspaces(files: &[String]) -> Vec<&str> {
    let locks = files.iter().filter_map(|f| f.strip_suffix("/Cargo.lock"));
    locks
        .filter(|dir| files.contains(&format!("{dir}/Cargo.toml")))
        .collect()
}

/// Returns the first crate whose version in the lock file differs from the exact version that the
/// manifest requires, and that version.
pub fn behind(root: &Path, workspace: &str) -> Result<Option<(String, String)>> {
    let manifest = parse::<Table>(root, &format!("{workspace}/Cargo.toml"))?;
    let lock = parse::<Lock>(root, &format!("{workspace}/Cargo.lock"))?;
    Ok(exact(&manifest).into_iter().find(|(name, version)| {
        let mut locked = lock.package.iter().filter(|p| p.name == *name).peekable();
        // A crate that is missing altogether may be unused by all members.
        locked.peek().is_some() && locked.all(|p| p.version != *version)
    }))
}

fn parse<T: serde::de::DeserializeOwned>(root: &Path, file: &str) -> Result<T> {
    let text = read_text(&root.join(file), Limit::SOURCE)?;
    toml::from_str(&text).map_err(|e| {
        Diagnostic::new(format!("malformed {file}: {}", e.message()))
            .hint("run `cargo metadata` for details")
            .into()
    })
}

/// The crates for which a manifest requires an exact version, and that version.
fn exact(manifest: &Table) -> Vec<(String, String)> {
    let workspace = manifest
        .get("workspace")
        .and_then(|w| w.get("dependencies"));
    let tables = [manifest.get("dependencies"), workspace];
    let mut found = Vec::new();
    for (key, value) in tables
        .into_iter()
        .flatten()
        .filter_map(Value::as_table)
        .flatten()
    {
        let field = |name| value.get(name).and_then(Value::as_str);
        let version = value.as_str().or_else(|| field("version"));
        if let Some(version) = version.and_then(|v| v.strip_prefix('=')) {
            found.push((
                field("package").unwrap_or(key).to_owned(),
                version.trim().to_owned(),
            ));
        }
    }
    found
}

/// Adds what a lock file lacks for its manifests, and changes no other version.
pub fn complete(root: &Path, workspace: &str) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo
        .args(["update", "--workspace", "--quiet"])
        .current_dir(root.join(workspace));
    run(&mut cargo, &format!("complete {workspace}/Cargo.lock"))
}

/// Whether the data of crates matches the lock files.
pub fn crates_are_current(root: &Path) -> bool {
    !root.join(CRATES).exists()
        || command(root)
            .arg("--check")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|s| s.success())
}

/// Writes the data of crates. This takes minutes.
pub fn write_crates(root: &Path) -> Result<()> {
    run(&mut command(root), "write the data of the crates")
}

fn command(root: &Path) -> Command {
    let mut command = Command::new("python3");
    command
        .arg(CRATES)
        .current_dir(root)
        .env("BUILD_WORKSPACE_DIRECTORY", root);
    command
}

fn run(command: &mut Command, what: &str) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.stdin(Stdio::null()).status();
    let why = match status {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => format!("`{program}` failed: {status}"),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            format!("`{program}` is not on PATH")
        }
        Err(e) => e.to_string(),
    };
    Err(Diagnostic::environment(format!("failed to {what}: {why}"))
        .hint("fix this and rerun `sync`; files already written are kept")
        .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_files_fall_behind() {
        let dir = tempfile::tempdir().expect("tempdir");
        let manifest = "[dependencies]\nx1 = { package = \"x\", version = \"=1.0.0\" }\nx2 = { package = \"x\", version = \"=2.0.0\" }\n\
            y = \"1\"\n[workspace.dependencies]\nunused = \"=1.0.0\"\nz = \"=3.0.0\"\n";
        let lock = |z| {
            let package = |name, version| {
                format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n")
            };
            package("x", "1.0.0")
                + &package("x", "2.0.0")
                + &package("y", "9.0.0")
                + &package("z", z)
        };
        std::fs::create_dir(dir.path().join("t")).expect("mkdir");
        std::fs::write(dir.path().join("t/Cargo.toml"), manifest).expect("write");
        for (z, expected) in [
            ("3.0.0", None),
            ("3.0.1", Some(("z".to_owned(), "3.0.0".to_owned()))),
        ] {
            std::fs::write(dir.path().join("t/Cargo.lock"), lock(z)).expect("write");
            assert_eq!(behind(dir.path(), "t").expect("parses"), expected);
        }
        let files = ["t/Cargo.lock", "t/Cargo.toml", "u/Cargo.lock"].map(str::to_owned);
        assert_eq!(workspaces(&files), ["t"]);
    }
}
