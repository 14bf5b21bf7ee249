//! `component version`: prints the versions of libraries.

use rules_wit_common::{versions, write_output, Result};
use std::path::Path;

/// Prints the versions of the libraries in this tool.
#[derive(clap::Args)]
pub struct Args {}

/// Runs the command.
pub fn run(_: &Args) -> Result<()> {
    let text = format!("{}\n", versions::COMPONENT);
    write_output(Path::new("-"), text.as_bytes(), false)
}
