//! `component validate`: checks that a component is valid and conforms to its world.

use crate::conformance::{check, WorldArgs};
use crate::input::{read_component, validate, validate_for_engine};
use rules_wit_common::{write_file, Result};
use std::path::PathBuf;

/// Checks that a component is valid, and that it conforms to a world if one is named.
#[derive(clap::Args)]
pub struct Args {
    /// The component.
    component: PathBuf,
    /// The label of the Bazel target, for errors.
    #[arg(long)]
    label: Option<String>,
    #[command(flatten)]
    world: WorldArgs,
    /// An empty file to write on success.
    #[arg(long, value_name = "FILE")]
    stamp: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let label = args.label.as_deref();
    read_component(&args.component)
        .and_then(|bytes| {
            validate(&args.component, &bytes)?;
            validate_for_engine(&args.component, &bytes)?;
            check(label, &args.component, &bytes, &args.world)
        })
        .map_err(|e| e.target(label))?;
    match &args.stamp {
        Some(stamp) => write_file(stamp, b""),
        None => Ok(()),
    }
}
