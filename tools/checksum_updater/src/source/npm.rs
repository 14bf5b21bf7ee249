//! The npm registry, accessed by npm.

use crate::digest::Digest;
use crate::source::api::{Item, Published, Source};
use crate::source::client::{self, Answer, Scratch};
use crate::source_error::SourceError;
use serde_json::Value;
use std::io::Read;
use std::path::Path;
use std::process::Command;

/// The npm registry.
pub struct Npm;

fn npm(directory: &Path, args: &[&str], what: &str) -> Result<Value, SourceError> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let answer = client::run(
        Command::new(program)
            .current_dir(directory)
            .args(args)
            .args([
                "--json",
                "--ignore-scripts",
                "--no-update-notifier",
                "--loglevel=error",
            ]),
        what,
    )?;
    if !answer.ok {
        return Err(classify(what, &answer));
    }
    serde_json::from_str(&answer.stdout).map_err(|e| SourceError::Unreachable {
        what: what.to_owned(),
        why: format!("the output of npm is not JSON: {e}"),
    })
}

fn classify(what: &str, answer: &Answer) -> SourceError {
    let error = serde_json::from_str::<Value>(&answer.stdout).unwrap_or_default();
    let field = |name: &str| error.pointer(name).and_then(Value::as_str);
    let code = field("/error/code").unwrap_or_default();
    let why = field("/error/summary").map_or_else(|| answer.reason(), |s| s.replace('\n', " "));
    let what = what.to_owned();
    if code == "EINTEGRITY" || answer.says(&["EINTEGRITY"]) {
        SourceError::Corrupt { what, why }
    } else if ["E404", "ETARGET", "ENOVERSIONS"].contains(&code)
        || answer.says(&["E404", "ETARGET"])
    {
        SourceError::NotFound { what, why }
    } else {
        SourceError::Unreachable { what, why }
    }
}

/// The response of `npm view` for one version; npm 12 wraps it in a list.
fn one(answer: &Value) -> &Value {
    answer
        .as_array()
        .and_then(|list| list.last())
        .unwrap_or(answer)
}

impl Source for Npm {
    fn newest(&self, name: &str) -> Result<String, SourceError> {
        let what = format!("npm package {name}");
        let scratch = client::scratch(&what)?;
        let version = npm(scratch.path(), &["view", name, "version"], &what)?;
        match one(&version).as_str() {
            Some(version) => Ok(version.to_owned()),
            None => Err(SourceError::NotFound {
                what,
                why: "npm lists no version".to_owned(),
            }),
        }
    }

    fn published(&self, item: &Item) -> Result<Published, SourceError> {
        let spec = format!("{}@{}", item.name, item.version);
        let what = format!("npm package {spec}");
        let scratch = client::scratch(&what)?;
        // For an unknown version npm prints nothing and succeeds.
        let answer = npm(
            scratch.path(),
            &["view", spec.as_str(), "version", "dist.integrity"],
            &what,
        );
        let fields = match answer {
            Err(SourceError::Unreachable { why, .. }) if why.contains("EOF while parsing") => {
                return Err(SourceError::NotFound {
                    what,
                    why: "npm has no such version".to_owned(),
                })
            }
            answer => answer?,
        };
        let digest = one(&fields)
            .get("dist.integrity")
            .and_then(Value::as_str)
            .and_then(Digest::parse);
        Ok(Published {
            digest,
            ..Published::default()
        })
    }

    fn open(&self, item: &Item) -> Result<Box<dyn Read>, SourceError> {
        let spec = format!("{}@{}", item.name, item.version);
        let what = format!("npm package {spec}");
        let scratch = client::scratch(&what)?;
        // An empty cache forces a download.
        let cache = scratch.path().join("cache").to_string_lossy().into_owned();
        let answer = npm(
            scratch.path(),
            &["pack", spec.as_str(), "--cache", &cache],
            &what,
        )?;
        // A list up to npm 11, an object by name since npm 12.
        let packed = answer
            .get(0)
            .or_else(|| answer.as_object()?.values().next());
        let file = packed
            .and_then(|p| p.get("filename"))
            .and_then(Value::as_str);
        let failed = |why: String| SourceError::Unreachable {
            what: what.clone(),
            why,
        };
        // npm 8 keeps the slash of a scope in the file name.
        let file = file.map(|f| f.trim_start_matches('@').replace('/', "-"));
        let path = scratch
            .path()
            .join(file.ok_or_else(|| failed("npm reports no file name".to_owned()))?);
        Scratch::open(scratch, &path).map_err(|e| failed(e.to_string()))
    }
}
