//! The folder of the registry.

use crate::registry::tool::Tool;
use rules_wit_common::{Diagnostic, Result};
use std::path::{Path, PathBuf};

/// The folder of the registry's files, relative to the root of the workspace.
pub const DIRECTORY: &str = "checksums/tools";

/// Reads all files, or only the one of the tool `only`. An unknown tool is an error that lists the known
/// ones.
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
                .note(format!("known tools: {}", known.join(", ")))
                .hint(format!("to add a tool, create {DIRECTORY}/{tool}.json"))
                .into());
        }
    }
    paths
        .iter()
        .filter(|p| only.is_none_or(|tool| stem(p) == tool))
        .map(|p| Tool::read(root, p))
        .collect()
}

/// Returns the paths of all files, sorted.
pub fn paths(root: &Path) -> Result<Vec<PathBuf>> {
    let directory = root.join(DIRECTORY);
    let fail = |e: std::io::Error| {
        Diagnostic::environment(format!("cannot read `{DIRECTORY}`: {}", e.kind()))
            .hint("run this in the workspace of rules_wit, or pass `--workspace`")
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
