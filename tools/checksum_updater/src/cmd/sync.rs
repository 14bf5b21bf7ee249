//! `checksum_updater sync`: writes or checks the generated files.

use crate::sync;
use rules_wit_common::{write_stdout, Result};
use std::path::Path;

/// Writes what is generated from toolchains/tool_versions.bzl and checksums/tools.
///
/// These are the files beside a template, the literals in MODULE.bazel and the like, lock files,
/// the BUILD files of crates, and the registry as Starlark.
#[derive(clap::Args)]
pub struct Args {
    /// Writes nothing; fails where something is not up to date, or a version stands where it should
    /// not.
    #[arg(long)]
    check: bool,
}

/// Runs `sync` in the workspace `root`.
pub fn run(root: &Path, args: &Args) -> Result<()> {
    if args.check {
        let count = sync::check(root)?;
        return write_stdout(&format!(
            "everything is up to date, {count} files are generated\n"
        ));
    }
    match sync::write(root)? {
        0 => write_stdout("everything is up to date\n"),
        _ => Ok(()),
    }
}
