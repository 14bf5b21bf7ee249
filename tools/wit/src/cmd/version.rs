//! `wit version`: prints the versions of the libraries in the tool.

use rules_wit_common::{versions, write_output, Result};
use std::path::Path;

/// Prints the versions of the libraries in this tool.
#[derive(clap::Args)]
pub struct Args {}

/// Runs the command.
pub fn run(_: &Args) -> Result<()> {
    write_output(
        Path::new("-"),
        format!("{}\n", versions::WIT).as_bytes(),
        false,
    )
}
