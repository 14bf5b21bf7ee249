//! `component static-library`: makes a relocatable object that carries its WIT world.

use crate::named_world::NamedWorld;
use crate::static_link::{static_library, LinkerArgs, Visible};
use rules_wit_common::{write_output, Result};
use std::path::PathBuf;

/// Links the output of a compiler into one relocatable object that carries its WIT world.
///
/// Only the exports of the world stay visible, so that libraries in any language, each with its own
/// standard library, can be linked together. They allocate with `malloc`, which stays undefined
/// until `component static-link`.
#[derive(clap::Args)]
pub struct Args {
    /// Objects and archives.
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// The output file; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The label of the Bazel target, for errors.
    #[arg(long)]
    label: Option<String>,
    #[command(flatten)]
    world: NamedWorld,
    /// A further function to export, such as `malloc`.
    #[arg(long = "export", value_name = "SYMBOL")]
    exports: Vec<String>,
    /// Remove debug information.
    #[arg(long)]
    strip_debug: bool,
    #[command(flatten)]
    linker: LinkerArgs,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let label = args.label.as_deref();
    args.world
        .load(label)
        .and_then(|world| {
            let visible = Visible {
                world,
                exports: &args.exports,
            };
            static_library(&args.inputs, visible, args.strip_debug, &args.linker)
        })
        .and_then(|object| write_output(&args.output, &object, true))
        .map_err(|e| e.target(label))
}
