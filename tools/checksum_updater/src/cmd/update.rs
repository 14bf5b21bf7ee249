//! `checksum_updater update`: adds a version of a tool.

use crate::problems::fail;
use crate::registry;
use crate::source::Sources;
use crate::update::{update, Outcome, Request};
use rules_wit_common::Result;
use std::path::Path;

/// Adds a version of a tool: downloads and hashes its release archives and packages.
///
/// An existing version is downloaded again and completed. Prints the change as a diff.
#[derive(clap::Args)]
pub struct Args {
    /// The tool: the name of a file in checksums/tools.
    tool: String,
    /// The version; by default, the newest.
    version: Option<String>,
    /// Replace hashes that the entry already has.
    #[arg(long)]
    allow_changed: bool,
    /// Write no file.
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
        Outcome::Current => eprintln!("{shown} already has {name} {version}"),
    }
    fail(updated.problems)
}
