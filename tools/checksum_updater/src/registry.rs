//! The files `checksums/tools/<tool>.json`: read, looked up, changed, written.

use crate::version;
use indexmap::IndexMap;
use rules_wit_common::{read_text, Diagnostic, Limit, Result, Site};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Where the files are, below the root of the workspace.
pub const DIRECTORY: &str = "checksums/tools";

/// What one file says. The fields are documented in `checksums/schema.json`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolFile {
    /// The name, as in `TOOL_VERSIONS`.
    pub tool_name: String,
    /// `owner/name`.
    pub github_repo: String,
    /// The highest of `versions`.
    pub latest_version: String,
    /// How release archives are named, if there are any.
    #[serde(default)]
    pub release: Option<Release>,
    /// The versions, highest first.
    pub versions: IndexMap<String, VersionEntry>,
}

/// How the archives of a release are named.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The tag, with `{version}`.
    pub tag: String,
    /// The file's name, with `{version}` and `{url_suffix}`.
    pub asset: String,
    /// The path of the program in the archive; absent if the asset is the program.
    #[serde(default)]
    #[allow(dead_code)] // Read by the rules alone; named here so that nothing else is allowed.
    pub binary: Option<String>,
    /// The address of the folder of assets, of hosts other than GitHub.
    #[serde(default)]
    pub base_url: Option<String>,
}

/// One version.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionEntry {
    /// YYYY-MM-DD.
    #[serde(default)]
    pub release_date: Option<String>,
    /// The release archives, by platform.
    pub platforms: IndexMap<String, Archive>,
    /// The packages in registries.
    #[serde(default)]
    pub packages: Vec<Package>,
}

/// One release archive.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Archive {
    /// Of the archive.
    pub sha256: String,
    /// The end of the file's name.
    pub url_suffix: String,
    /// Whether it was downloaded and hashed here.
    pub verified: bool,
}

/// Where packages come from.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub enum PackageSource {
    /// The crate registry, through cargo.
    Crate,
    /// npm.
    Npm,
    /// The Python package index, through pip.
    Pypi,
}

/// One package in a registry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Which registry.
    pub source: PackageSource,
    /// The package's name there.
    pub name: String,
    /// Its version, which is not always that of the tool.
    pub version: String,
    /// The file, where a version has several.
    #[serde(default)]
    pub file: Option<String>,
    /// The platform that the file is for.
    #[serde(default)]
    pub platform: Option<String>,
    /// Of crates and Python packages.
    #[serde(default)]
    pub sha256: Option<String>,
    /// Of npm packages.
    #[serde(default)]
    pub integrity: Option<String>,
    /// Whether it was downloaded and hashed here.
    pub verified: bool,
}

impl Package {
    /// The digest that the entry has, and the name of its key.
    pub fn digest(&self) -> (&'static str, &str) {
        match self.source {
            PackageSource::Npm => ("integrity", self.integrity.as_deref().unwrap_or_default()),
            _ => ("sha256", self.sha256.as_deref().unwrap_or_default()),
        }
    }
}

/// A file of the registry: its text, its tree with the order of keys, and what it says.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Where it is.
    pub path: PathBuf,
    /// The path for messages: below the workspace.
    pub shown: String,
    /// The text that was read.
    pub text: String,
    /// What it says.
    pub file: ToolFile,
    tree: Map<String, Value>,
}

impl Tool {
    /// Reads a file. Errors name the line.
    pub fn read(root: &Path, path: &Path) -> Result<Tool> {
        let shown = path
            .strip_prefix(root)
            .unwrap_or(path)
            .to_string_lossy()
            .replace('\\', "/");
        let text = read_text(path, Limit::SOURCE)?;
        Tool::parse(path, &shown, text)
    }

    /// Reads the text of a file.
    pub fn parse(path: &Path, shown: &str, text: String) -> Result<Tool> {
        let fail = |e: &serde_json::Error| {
            let at = offset(&text, e.line(), e.column());
            let reason = e.to_string();
            let reason = reason.split(" at line ").next().unwrap_or(&reason);
            Diagnostic::new(format!("malformed registry file: {reason}"))
                .site(Site::new(shown, &text, at..at + 1))
                .hint(format!(
                    "`checksums/schema.json` says what belongs into {shown}"
                ))
        };
        let file: ToolFile = serde_json::from_str(&text).map_err(|e| fail(&e))?;
        let tree: Map<String, Value> = serde_json::from_str(&text).map_err(|e| fail(&e))?;
        let (path, shown) = (path.to_owned(), shown.to_owned());
        Ok(Tool {
            path,
            shown,
            text,
            file,
            tree,
        })
    }

    /// The text of the tree, in the one form that these files have.
    pub fn render(&self) -> String {
        let mut text = serde_json::to_string_pretty(&self.tree).unwrap_or_default();
        text.push('\n');
        text
    }

    /// The place of the value at a path of keys and indices, such as `versions`, `1.0.0`. The file
    /// has to be in its one form; of others it is the beginning.
    pub fn site(&self, keys: &[&str]) -> Site {
        let at = self.mark(keys).filter(|range| {
            let rendered = self.render();
            rendered
                .get(..range.start)
                .is_some_and(|before| self.text.starts_with(before))
        });
        Site::new(self.shown.as_str(), &self.text, at.unwrap_or(0..0))
    }

    /// Where a value is in the rendered text: where a mark comes to stand in its place.
    fn mark(&self, keys: &[&str]) -> Option<Range<usize>> {
        const MARK: &str = "\u{1}";
        let mut tree = Value::Object(self.tree.clone());
        let pointer: String = keys.iter().map(|k| format!("/{}", escape(k))).collect();
        let value = tree.pointer_mut(&pointer)?;
        let length = match &*value {
            Value::Object(_) | Value::Array(_) => 1,
            scalar => scalar.to_string().len(),
        };
        *value = Value::String(MARK.to_owned());
        let start = serde_json::to_string_pretty(&tree)
            .ok()?
            .find("\"\\u0001\"")?;
        Some(start..start + length)
    }

    /// Whether the file is in the form that it is written in.
    pub fn is_canonical(&self) -> bool {
        self.text == self.render()
    }

    /// Changes a scalar that is there already.
    pub fn set(&mut self, keys: &[&str], value: impl Into<Value>) {
        let mut tree = Value::Object(std::mem::take(&mut self.tree));
        let pointer: String = keys.iter().map(|k| format!("/{}", escape(k))).collect();
        if let Some(slot) = tree.pointer_mut(&pointer) {
            *slot = value.into();
        }
        if let Value::Object(map) = tree {
            self.tree = map;
        }
    }

    /// Everything that the file says, keys in its order.
    pub fn tree(&self) -> &Map<String, Value> {
        &self.tree
    }

    /// The object at a path of keys and indices; empty if there is none.
    pub fn object(&self, keys: &[&str]) -> Map<String, Value> {
        let pointer: String = keys
            .iter()
            .skip(1)
            .map(|k| format!("/{}", escape(k)))
            .collect();
        let top = keys.first().and_then(|k| self.tree.get(*k));
        top.and_then(|v| v.pointer(&pointer)?.as_object().cloned())
            .unwrap_or_default()
    }

    /// The tree of a version.
    pub fn version(&self, version: &str) -> Option<&Map<String, Value>> {
        self.tree.get("versions")?.get(version)?.as_object()
    }

    /// Puts the tree of a version in its place and brings `latest_version` up to date. Errors if
    /// the result is no registry file.
    pub fn with_version(&self, version: &str, entry: Map<String, Value>) -> Result<Tool> {
        let mut tree = self.tree.clone();
        let mut versions = match tree.get("versions") {
            Some(Value::Object(map)) => map.clone(),
            _ => Map::new(),
        };
        versions.insert(version.to_owned(), Value::Object(entry));
        let mut sorted = Map::new();
        for key in version::sort(versions.keys().map(String::as_str)) {
            sorted.insert(key.to_owned(), versions[key].clone());
        }
        let latest = version::highest(sorted.keys().map(String::as_str)).unwrap_or_default();
        tree.insert("latest_version".to_owned(), latest.into());
        tree.insert("versions".to_owned(), Value::Object(sorted));
        let new = Tool {
            tree,
            ..self.clone()
        };
        Tool::parse(&self.path, &self.shown, new.render())
    }
}

/// Reads all files, or the one of a tool. Unknown tools are an error that names the known ones.
pub fn read(root: &Path, only: Option<&str>) -> Result<Vec<Tool>> {
    let paths = paths(root)?;
    let stem = |p: &PathBuf| {
        p.file_stem()
            .map(|s| s.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    if let Some(tool) = only {
        if !paths.iter().any(|p| stem(p) == tool) {
            let known: Vec<String> = paths.iter().map(stem).collect();
            return Err(Diagnostic::new(format!("no tool `{tool}` in {DIRECTORY}"))
                .note(format!("tools known: {}", known.join(", ")))
                .hint(format!(
                    "a new tool begins with a file {DIRECTORY}/{tool}.json"
                ))
                .into());
        }
    }
    paths
        .iter()
        .filter(|p| only.is_none_or(|tool| stem(p) == tool))
        .map(|p| Tool::read(root, p))
        .collect()
}

/// The files of the registry, sorted.
pub fn paths(root: &Path) -> Result<Vec<PathBuf>> {
    let directory = root.join(DIRECTORY);
    let fail = |e: std::io::Error| {
        Diagnostic::environment(format!("cannot read `{DIRECTORY}`: {}", e.kind()))
            .hint("stand in the workspace of rules_wit, or name it with `--workspace`")
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(&directory).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.extension().is_some_and(|e| e == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    start + column.saturating_sub(1)
}
