//! `wit host-bindgen-moonbit`: generates MoonBit bindings for the host of a world.

use crate::host_bindings::{generate_moonbit, Request};
use crate::packages::WorldArgs;
use rules_wit_common::{Outputs, Result};
use std::path::PathBuf;

/// Generates MoonBit bindings for programs that run components of a world, over Wasmtime.
///
/// The source imports the packages `component` and `wasmtime` of `//toolchains/wasmtime/moonbit`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    world: WorldArgs,
    /// An imported interface to leave out, as the host links it in another way. `*` at the end stands
    /// for any text, as in `wasi:*`.
    #[arg(long, value_name = "INTERFACE")]
    skip: Vec<String>,
    /// The output file.
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    write(args).map_err(|e| e.target(args.world.label()))
}

fn write(args: &Args) -> Result<()> {
    let text = generate_moonbit(&Request {
        world: &args.world,
        prefix: None,
        skip: &args.skip,
        language: "MoonBit",
    })?;
    let mut outputs = Outputs::default();
    outputs.text(&args.output, &text)?;
    outputs.commit()
}
