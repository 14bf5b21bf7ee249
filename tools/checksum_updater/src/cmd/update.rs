//! `checksum_updater update`: adds a version of a tool.

use crate::problems::fail;
use crate::registry;
use crate::source::Sources;
use crate::update::{update, Outcome, Request};
use rules_wit_common::Result;
use std::path::Path;

/// Adds a version of a tool: downloads and hashes its release archives and packages.
///
/// A version that is there already is downloaded again and completed. Prints what changes as a diff.
#[derive(clap::Args)]
pub struct Args {
    /// The tool, a file in checksums/tools.
    tool: String,
    /// The version; without it, the newest.
    version: Option<String>,
    /// Replaces hashes that are there already.
    #[arg(long)]
    allow_changed: bool,
    /// Changes no file.
    #[arg(long)]
    dry_run: bool,
}

/// Runs `update` in the workspace `root`.
pub fn run(root: &Path, args: &Args) -> Result<()> {
    let Some(tool) = registry::read(root, Some(&args.tool))?.pop() else {
        return Ok(());
    };
    let request = Request {
        version: args.version.as_deref(),
        allow_changed: args.allow_changed,
        dry_run: args.dry_run,
    };
    let updated = update(&tool, &request, &Sources::new())?;
    let (shown, name, version) = (&tool.shown, &args.tool, &updated.version);
    match updated.outcome {
        Outcome::Changed if !args.dry_run => eprintln!("{shown} has {name} {version}"),
        Outcome::Changed => eprintln!("{shown} would have {name} {version}"),
        Outcome::Current => eprintln!("{shown} has {name} {version} already"),
    }
    fail(updated.problems)
}
