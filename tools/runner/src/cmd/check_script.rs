//! `runner check-script`: loads the scripts of a placed module.

use crate::script;
use rules_wit_common::{display_path, read_bytes, write_file, Limit, Result};
use std::path::PathBuf;

/// Loads the scripts of a core module that `component place` made, and reports the errors of its interpreter.
///
/// The interpreter reports what it finds when the module is initialized: syntax errors, and functions that the world
/// exports and the script does not. No import can be called meanwhile.
#[derive(clap::Args)]
pub struct Args {
    /// The core module
    module: PathBuf,

    /// The label of the Bazel target, for errors
    #[arg(long)]
    label: Option<String>,

    /// An empty file to write on success
    #[arg(long, value_name = "FILE")]
    stamp: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: Args) -> Result<()> {
    let label = args.label.as_deref();
    read_bytes(&args.module, Limit::BINARY)
        .and_then(|bytes| script::load(&bytes, &display_path(&args.module)))
        .map_err(|e| e.target(label))?;
    match &args.stamp {
        Some(stamp) => write_file(stamp, b""),
        None => Ok(()),
    }
}
