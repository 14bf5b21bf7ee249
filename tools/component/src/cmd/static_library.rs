//! `component static-library`: makes a relocatable object that carries its WIT world.

use crate::named_world::NamedWorld;
use crate::static_link::{static_library, LinkerArgs, Visible};
use rules_wit_common::{write_output, Result};
use std::path::PathBuf;

/// Makes one relocatable object of what a compiler wrote.
///
/// Of its symbols only those are left visible that its world exports; so libraries of any language
/// or compiler, each with a standard library of its own, can be linked together. Memory they take
/// from `malloc`, which stays open until `component static-link`.
#[derive(clap::Args)]
pub struct Args {
    /// Objects and archives.
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// Where to write the object; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The label of the target that the object belongs to.
    #[arg(long)]
    label: Option<String>,
    #[command(flatten)]
    world: NamedWorld,
    /// A further function that stays visible, such as `malloc`.
    #[arg(long = "export", value_name = "SYMBOL")]
    exports: Vec<String>,
    /// Leave out debug information.
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
