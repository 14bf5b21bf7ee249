//! `component targets`: checks that a component conforms to a world.

use crate::conformance::{check, WorldArgs};
use crate::input::{read_component, validate};
use rules_wit_common::{Diagnostic, Result};
use std::path::PathBuf;

/// Checks that a component conforms to a world.
///
/// The component must export what the world exports, with the same types, and may import only what
/// the world imports. Semver-compatible versions match.
#[derive(clap::Args)]
pub struct Args {
    /// The component.
    component: PathBuf,
    /// The label of the Bazel target, for errors.
    #[arg(long)]
    label: Option<String>,
    #[command(flatten)]
    world: WorldArgs,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let label = args.label.as_deref();
    if !args.world.is_given() {
        return Err(Diagnostic::usage("no world is named")
            .hint("pass `--wit FILE --world NAME`")
            .into());
    }
    read_component(&args.component)
        .and_then(|bytes| {
            // The comparison requires a valid component.
            validate(&args.component, &bytes)?;
            check(label, &args.component, &bytes, &args.world)
        })
        .map_err(|e| e.target(label))
}
