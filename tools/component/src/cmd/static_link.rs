//! `component static-link`: links static libraries into one core module.

use crate::named_world::NamedWorld;
use crate::static_link::{link, LinkerArgs};
use rules_wit_common::{write_output, Result};
use std::path::PathBuf;

/// Links static libraries into one core module with one memory.
///
/// A call between libraries is a direct call. Arguments with strings and lists are copied once, as
/// the callee owns them; other arguments and results are not copied. All libraries allocate with
/// one `malloc`, which one of the objects must define.
#[derive(clap::Args)]
pub struct Args {
    /// The outputs of `component static-library`.
    #[arg(required = true)]
    libraries: Vec<PathBuf>,
    /// The output file; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The label of the Bazel target, for errors.
    #[arg(long)]
    label: Option<String>,
    /// Without a world, the module exports what no library imports from another.
    #[command(flatten)]
    world: NamedWorld,
    /// Remove debug information, but keep names.
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
            link(
                &args.libraries,
                world.as_ref(),
                args.strip_debug,
                &args.linker,
            )
        })
        .and_then(|module| write_output(&args.output, &module, true))
        .map_err(|e| e.target(label))
}
