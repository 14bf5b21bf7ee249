//! `wit bindgen-js-types`: generates TypeScript declarations for the scripts of a world.

use crate::js_types::generate;
use crate::packages::WorldArgs;
use rules_wit_common::{write_output, Result};
use std::path::PathBuf;

/// Generates TypeScript declarations for components in JavaScript: what a script of a world can import, and what it has to
/// export.
///
/// The types are those that jco declares for guests.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    world: WorldArgs,
    /// The output file; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let written =
        generate(&args.world).and_then(|text| write_output(&args.output, text.as_bytes(), false));
    written.map_err(|e| e.target(args.world.label()))
}
