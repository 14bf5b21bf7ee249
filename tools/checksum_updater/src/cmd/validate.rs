//! `checksum_updater validate`: checks the registry.

use crate::problems::fail;
use crate::registry::{self, check, Tool};
use crate::source::Sources;
use crate::verify::{entries, verify, Count};
use rules_wit_common::{write_source_file, write_stdout, Failure, Result};
use std::path::Path;

/// Checks the format of the registry, and compares its hashes with new downloads.
///
/// Files that cannot be downloaded are listed; their entries must have `"verified": false`.
#[derive(clap::Args)]
pub struct Args {
    /// The tool; by default, all.
    tool: Option<String>,
    /// Download nothing.
    #[arg(long, conflicts_with = "write")]
    offline: bool,
    /// Set `"verified": true` where the hash matches.
    #[arg(long)]
    write: bool,
}

/// Runs `validate` in the workspace `root`.
pub fn run(root: &Path, args: &Args) -> Result<()> {
    let mut problems = Vec::new();
    let mut tools = Vec::new();
    for path in registry::paths(root)? {
        let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned());
        if args.tool.is_some() && args.tool != stem {
            continue;
        }
        match Tool::read(root, &path) {
            Ok(tool) => {
                problems.extend(check(&tool));
                tools.push(tool);
            }
            Err(failure) => problems.extend(failure),
        }
    }
    if let (Some(name), true) = (&args.tool, tools.is_empty() && problems.is_empty()) {
        registry::read(root, Some(name))?;
    }
    if let Some(failure) = Failure::from_all(problems) {
        return Err(failure);
    }
    let entries: usize = tools.iter().map(|t| entries(t).len()).sum();
    let mut text = format!(
        "{} files and {entries} entries are well-formed\n",
        tools.len()
    );
    let mut problems = Vec::new();
    if !args.offline {
        let sources = Sources::new();
        let mut count = Count::default();
        for tool in tools {
            let new = verify(&tool, &sources, &mut count, &mut problems);
            if args.write && new.render() != tool.text {
                write_source_file(&tool.path, new.render().as_bytes())?;
                eprintln!("wrote {}", tool.shown);
            }
        }
        text.push_str(&format!(
            "{} match their downloads, {} do not, {} are unreachable\n",
            count.agreed, count.wrong, count.unreachable
        ));
    }
    write_stdout(&text)?;
    fail(problems)
}
