//! `checksum_updater list`: lists the tools of the registry.

use crate::registry;
use rules_wit_common::{write_stdout, Result};
use serde_json::json;
use std::path::Path;

/// Lists the tools, their versions, and the number of verified entries.
#[derive(clap::Args)]
pub struct Args {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Runs `list` in the workspace `root`.
pub fn run(root: &Path, args: &Args) -> Result<()> {
    let tools = registry::read(root, None)?;
    let counted = tools.iter().map(|tool| {
        let flags = tool.file.versions.values().flat_map(|v| {
            let archives = v.platforms.values().map(|a| a.verified);
            archives.chain(v.packages.iter().map(|p| p.verified))
        });
        let flags: Vec<bool> = flags.collect();
        (tool, flags.iter().filter(|v| **v).count(), flags.len())
    });
    let text = if args.json {
        let rows: Vec<_> = counted
            .map(|(tool, verified, entries)| {
                json!({
                    "tool_name": tool.file.tool_name,
                    "latest_version": tool.file.latest_version,
                    "versions": tool.file.versions.keys().collect::<Vec<_>>(),
                    "entries": entries,
                    "verified": verified,
                })
            })
            .collect();
        format!(
            "{}\n",
            serde_json::to_string_pretty(&rows).unwrap_or_default()
        )
    } else {
        let width = tools
            .iter()
            .map(|t| t.file.tool_name.len())
            .max()
            .unwrap_or(0)
            .max(4);
        let latest = tools
            .iter()
            .map(|t| t.file.latest_version.len())
            .max()
            .unwrap_or(0)
            .max(6);
        let mut text = format!(
            "{:width$}  {:latest$}  verified  versions\n",
            "tool", "latest"
        );
        for (tool, verified, entries) in counted {
            let versions: Vec<&str> = tool.file.versions.keys().map(String::as_str).collect();
            let (name, newest) = (&tool.file.tool_name, &tool.file.latest_version);
            let share = format!("{verified}/{entries}");
            let row = format!(
                "{name:width$}  {newest:latest$}  {share:>8}  {}",
                versions.join(", ")
            );
            text.push_str(row.trim_end());
            text.push('\n');
        }
        text
    };
    write_stdout(&text)
}
