//! `component static-link`: links static libraries into one core module.

use crate::named_world::NamedWorld;
use crate::static_link::{link, LinkerArgs};
use rules_wit_common::{write_output, Result};
use std::path::PathBuf;

/// Links static libraries into one core module with one memory.
///
/// A call from one library to another is a call of its function. What is passed without memory, and
/// what comes back, is not copied; strings and lists that are passed in are, once, as the callee
/// owns them. All take memory from one `malloc`, which one of the objects must have.
#[derive(clap::Args)]
pub struct Args {
    /// What `component static-library` wrote.
    #[arg(required = true)]
    libraries: Vec<PathBuf>,
    /// Where to write the module; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The label of the target that the module belongs to.
    #[arg(long)]
    label: Option<String>,
    /// Without a world the module exports what no library imports from another.
    #[command(flatten)]
    world: NamedWorld,
    /// Leave out debug information; names stay.
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
