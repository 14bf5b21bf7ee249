//! `checksum_updater sync`: writes or checks the generated files.

use crate::sync;
use rules_wit_common::{write_stdout, Result};
use std::path::Path;

/// Writes the files that are generated from toolchains/tool_versions.bzl and checksums/tools.
///
/// These are the outputs of templates, version literals such as those in MODULE.bazel, lock files, the
/// data of crates, and the registry as Starlark.
#[derive(clap::Args)]
pub struct Args {
    /// Write nothing; fail if a file is out of date, or contains a copy of a version.
    #[arg(long)]
    check: bool,
}

/// Runs `sync` in the workspace `root`.
pub fn run(root: &Path, args: &Args) -> Result<()> {
    if args.check {
        let count = sync::check(root)?;
        return write_stdout(&format!(
            "everything is up to date: {count} generated files\n"
        ));
    }
    match sync::write(root)? {
        0 => write_stdout("everything is up to date\n"),
        _ => Ok(()),
    }
}
