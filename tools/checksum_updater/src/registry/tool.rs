//! A file of the registry, read and changed without losing the order of its keys.

use crate::registry::format::ToolFile;
use crate::registry::locations::{escape, locations, Location};
use crate::version;
use rules_wit_common::{read_text, Diagnostic, Limit, Result, Site};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// A file of the registry: its text, its tree in the order of the file, and its content.
#[derive(Clone, Debug)]
pub struct Tool {
    /// The path of the file.
    pub path: PathBuf,
    /// The path for messages, relative to the workspace.
    pub shown: String,
    /// The text of the file.
    pub text: String,
    /// The content of the file.
    pub file: ToolFile,
    tree: Map<String, Value>,
    /// The locations of the values in `text`, for errors.
    locations: OnceLock<HashMap<String, Location>>,
}

impl Tool {
    /// Reads a file. Errors show the location.
    pub fn read(root: &Path, path: &Path) -> Result<Tool> {
        let shown = path
            .strip_prefix(root)
            .unwrap_or(path)
            .to_string_lossy()
            .replace('\\', "/");
        let text = read_text(path, Limit::SOURCE)?;
        Tool::parse(path, &shown, text)
    }

    /// Parses the text of a file. Errors show the location.
    pub fn parse(path: &Path, shown: &str, text: String) -> Result<Tool> {
        let fail = |e: &serde_json::Error| {
            let at = offset(&text, e.line(), e.column());
            let reason = e.to_string();
            let reason = reason.split(" at line ").next().unwrap_or(&reason);
            Diagnostic::new(format!("malformed registry file: {reason}"))
                .site(Site::new(shown, &text, at..at + 1))
                .hint(format!(
                    "see `checksums/schema.json` for the format of {shown}"
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
            locations: OnceLock::new(),
        })
    }

    /// The canonical text of the tree.
    pub fn render(&self) -> String {
        let mut text = serde_json::to_string_pretty(&self.tree).unwrap_or_default();
        text.push('\n');
        text
    }

    /// The location of the value at a path of keys and indices, such as `versions`, `1.0.0`; the start
    /// of the file if there is none.
    pub fn site(&self, keys: &[&str]) -> Site {
        let found = self.locations.get_or_init(|| locations(&self.text));
        match found.get(&pointer(keys)) {
            Some(at) => Site::in_line(self.shown.as_str(), &self.text, at.line, at.range.clone()),
            None => Site::new(self.shown.as_str(), &self.text, 0..0),
        }
    }

    /// Whether the text of the file is canonical.
    pub fn is_canonical(&self) -> bool {
        self.text == self.render()
    }

    /// Replaces an existing scalar.
    pub fn set(&mut self, keys: &[&str], value: impl Into<Value>) {
        let mut tree = Value::Object(std::mem::take(&mut self.tree));
        if let Some(slot) = tree.pointer_mut(&pointer(keys)) {
            *slot = value.into();
        }
        if let Value::Object(map) = tree {
            self.tree = map;
        }
    }

    /// The tree, with keys in the order of the file.
    pub fn tree(&self) -> &Map<String, Value> {
        &self.tree
    }

    /// The object at a path of keys and indices; empty if there is none.
    pub fn object(&self, keys: &[&str]) -> Map<String, Value> {
        let (first, rest) = match keys {
            [first, rest @ ..] => (*first, rest),
            [] => return self.tree.clone(),
        };
        let top = self.tree.get(first);
        top.and_then(|v| v.pointer(&pointer(rest))?.as_object().cloned())
            .unwrap_or_default()
    }

    /// The tree of a version.
    pub fn version(&self, version: &str) -> Option<&Map<String, Value>> {
        self.tree.get("versions")?.get(version)?.as_object()
    }

    /// Returns the tool with `entry` as the entry of a version, and with `latest_version` updated.
    /// An entry that does not have the format of a registry file is an error.
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

fn pointer(keys: &[&str]) -> String {
    keys.iter().map(|k| format!("/{}", escape(k))).collect()
}

fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    start + column.saturating_sub(1)
}
