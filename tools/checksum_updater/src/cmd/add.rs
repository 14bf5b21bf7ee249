//! `checksum_updater add`: adds the release archives of other registry files.

use crate::registry::{self, starlark, Tool};
use rules_wit_common::{display_path, read_text, write_source_file, Diagnostic, Limit, Result};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Adds the release archives in other registry files, such as those that `//tools/release` writes.
///
/// Replaces no existing hash. Also writes the registry as Starlark.
#[derive(clap::Args)]
pub struct Args {
    /// A registry file of a tool in checksums/tools.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// Runs `add` in the workspace `root`.
pub fn run(root: &Path, args: &Args) -> Result<()> {
    let mut tools = registry::read(root, None)?;
    let mut changed = BTreeSet::new();
    for path in &args.files {
        let text = read_text(path, Limit::SOURCE)?;
        let theirs = Tool::parse(path, &display_path(path), text)?;
        let name = theirs.file.tool_name.as_str();
        let Some(at) = tools.iter().position(|t| t.file.tool_name == name) else {
            // Fails with the known tools.
            registry::read(root, Some(name))?;
            continue;
        };
        tools[at] = merge(&tools[at], &theirs)?;
        changed.insert(at);
    }
    // Nothing is written unless all files agree.
    for tool in changed.into_iter().map(|at| &tools[at]) {
        write_source_file(&tool.path, tool.text.as_bytes())?;
        eprintln!("wrote {}", tool.shown);
    }
    write_source_file(
        &root.join(starlark::PATH),
        starlark::render(&tools).as_bytes(),
    )
}

/// Returns our file with the release archives of theirs. Contradictions are errors.
fn merge(ours: &Tool, theirs: &Tool) -> Result<Tool> {
    for key in ["github_repo", "release"] {
        if ours.tree().get(key) != theirs.tree().get(key) {
            return Err(contradiction(theirs, &[key], &format!("`{key}`"), ours));
        }
    }
    let mut result = ours.clone();
    for (version, entry) in &theirs.file.versions {
        let mut merged = result.version(version).cloned().unwrap_or_default();
        let mut platforms = match merged.remove("platforms") {
            Some(Value::Object(platforms)) => platforms,
            _ => serde_json::Map::new(),
        };
        for platform in entry.platforms.keys() {
            let keys = ["versions", version, "platforms", platform];
            let added = Value::Object(theirs.object(&keys));
            let known = platforms
                .entry(platform.as_str())
                .or_insert_with(|| added.clone());
            if known["sha256"] != added["sha256"] || known["url_suffix"] != added["url_suffix"] {
                let what = format!("the archive of {version} for {platform}");
                return Err(contradiction(theirs, &keys, &what, ours));
            }
        }
        merged.insert("platforms".to_owned(), Value::Object(platforms));
        let mut merged = Value::Object(merged);
        merged.sort_all_objects();
        if let Value::Object(merged) = merged {
            result = result.with_version(version, merged)?;
        }
    }
    Ok(result)
}

fn contradiction(
    theirs: &Tool,
    keys: &[&str],
    what: &str,
    ours: &Tool,
) -> rules_wit_common::Failure {
    Diagnostic::new(format!("{what} differs from that in {}", ours.shown))
        .site(theirs.site(keys))
        .hint("a published archive never changes: raise the version")
        .into()
}
