//! The crate registry, accessed by cargo.

use crate::digest::Digest;
use crate::source::api::{Item, Published, Source};
use crate::source::client::{self, Answer};
use crate::source_error::SourceError;
use serde::Deserialize;
use std::cell::OnceCell;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The crate registry.
#[derive(Default)]
pub struct Cargo {
    /// A cargo home with the configuration of the user and an empty cache, so that crates are downloaded.
    home: OnceCell<TempDir>,
}

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

impl Cargo {
    fn home(&self, what: &str) -> Result<&Path, SourceError> {
        if let Some(home) = self.home.get() {
            return Ok(home.path());
        }
        let home = client::scratch(what)?;
        let users = std::env::var_os("CARGO_HOME")
            .map(PathBuf::from)
            .or_else(|| {
                #[allow(deprecated)]
                std::env::home_dir().map(|h| h.join(".cargo"))
            });
        for name in ["config", "config.toml", "credentials", "credentials.toml"] {
            let Some(file) = users.as_ref().map(|u| u.join(name)).filter(|f| f.exists()) else {
                continue;
            };
            link_or_copy(&file, &home.path().join(name)).map_err(|e| SourceError::Unreachable {
                what: what.to_owned(),
                why: format!("cannot use the `{name}` of cargo: {e}"),
            })?;
        }
        Ok(self.home.get_or_init(|| home).path())
    }

    fn command(&self, what: &str, project: &Path) -> Result<Command, SourceError> {
        let mut command = Command::new("cargo");
        command
            .current_dir(project)
            .env("CARGO_HOME", self.home(what)?)
            .env("CARGO_TERM_COLOR", "never")
            // The newest crate, whichever compiler is installed.
            .env("CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS", "allow");
        Ok(command)
    }

    /// Creates a package with a lock file that depends on a crate.
    fn project(&self, name: &str, requirement: &str) -> Result<TempDir, SourceError> {
        let what = format!("crate {name} {requirement}");
        let failed = |e: std::io::Error| SourceError::Unreachable {
            what: what.clone(),
            why: e.to_string(),
        };
        let project = client::scratch(&what)?;
        let manifest = format!(
            "[package]\nname = \"rules-wit-scratch\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[workspace]\n\
             [lib]\npath = \"lib.rs\"\n[dependencies]\n\
             wanted = {{ package = \"{name}\", version = \"{requirement}\", default-features = false }}\n"
        );
        fs::write(project.path().join("Cargo.toml"), manifest).map_err(failed)?;
        fs::write(project.path().join("lib.rs"), "").map_err(failed)?;
        let mut command = self.command(&what, project.path())?;
        let answer = client::run(command.arg("generate-lockfile"), &what)?;
        match answer.ok {
            true => Ok(project),
            false => Err(classify(what, &answer)),
        }
    }

    /// Returns the version and checksum that cargo locks for a requirement.
    fn lock(&self, name: &str, requirement: &str) -> Result<Locked, SourceError> {
        let failed = |e: &dyn std::fmt::Display| SourceError::Unreachable {
            what: format!("crate {name} {requirement}"),
            why: e.to_string(),
        };
        let project = self.project(name, requirement)?;
        let text = fs::read_to_string(project.path().join("Cargo.lock")).map_err(|e| failed(&e))?;
        let lock: Lock = toml::from_str(&text).map_err(|e| failed(&e))?;
        let exact = requirement.strip_prefix('=');
        let mut found: Vec<Locked> = lock
            .package
            .into_iter()
            .filter(|p| p.name == name)
            .collect();
        // A crate may depend on another version of itself.
        if let Some(at) = found.iter().position(|p| exact == Some(p.version.as_str())) {
            return Ok(found.swap_remove(at));
        }
        found
            .into_iter()
            .max_by_key(|p| crate::version::parse(&p.version))
            .ok_or_else(|| failed(&"cargo did not lock it"))
    }
}

impl Source for Cargo {
    fn newest(&self, name: &str) -> Result<String, SourceError> {
        self.lock(name, "*").map(|p| p.version)
    }

    fn published(&self, item: &Item) -> Result<Published, SourceError> {
        let locked = self.lock(&item.name, &format!("={}", item.version))?;
        Ok(Published {
            digest: locked.checksum.as_deref().and_then(Digest::parse),
            ..Published::default()
        })
    }

    fn open(&self, item: &Item) -> Result<Box<dyn Read>, SourceError> {
        let what = format!("crate {} {}", item.name, item.version);
        let empty = client::scratch(&what)?;
        let file = format!("{}-{}.crate", item.name, item.version);
        let cache = self.home(&what)?.join("registry/cache");
        if let Some(old) = find(&cache, &file) {
            // Forces a download.
            let _ = fs::remove_file(old);
        }
        // `cargo info` downloads only the crate itself.
        let spec = format!("{}@{}", item.name, item.version);
        let mut command = self.command(&what, empty.path())?;
        let mut answer = client::run(command.args(["info", "--quiet", spec.as_str()]), &what)?;
        if !answer.ok && answer.says(&["is replaced with", "no such command"]) {
            // It does not work with a mirror. `cargo fetch` does, but also downloads the dependencies.
            let project = self.project(&item.name, &format!("={}", item.version))?;
            let mut command = self.command(&what, project.path())?;
            answer = client::run(command.args(["fetch", "--quiet"]), &what)?;
        }
        let failed = |why: String| SourceError::Unreachable {
            what: what.clone(),
            why,
        };
        match find(&cache, &file) {
            _ if !answer.ok => Err(classify(what, &answer)),
            Some(path) => Ok(Box::new(
                File::open(path).map_err(|e| failed(e.to_string()))?,
            )),
            None => Err(failed(format!("`cargo info` did not download {file}"))),
        }
    }
}

/// Classifies an error of cargo by its message.
fn classify(what: String, answer: &Answer) -> SourceError {
    let why = answer.reason();
    if answer.says(&["failed to verify the checksum", "checksum for"]) {
        SourceError::Corrupt { what, why }
    } else if answer.says(&[
        "no matching package",
        "could not find",
        "failed to select a version",
        "is yanked",
    ]) && !answer.says(&["spurious network error", "Could not resolve host"])
    {
        SourceError::NotFound { what, why }
    } else {
        SourceError::Unreachable { what, why }
    }
}

/// Finds a crate in the cache of cargo, which has a folder for each registry.
fn find(cache: &Path, file: &str) -> Option<PathBuf> {
    fs::read_dir(cache)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path().join(file)))
        .find(|path| path.exists())
}

/// Links a file of the user into the temporary cargo home, so that tokens are not copied.
fn link_or_copy(file: &Path, link: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::symlink(file.canonicalize()?, link);
    #[cfg(not(unix))]
    fs::copy(file, link).map(|_| ())
}
