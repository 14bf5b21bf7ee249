//! `wit host-bindgen-c`: generates C bindings for the host of a world.

use crate::host_bindings::{generate_c, is_prefix, Request};
use crate::packages::WorldArgs;
use rules_wit_common::{Outputs, Result};
use std::path::PathBuf;

/// Generates C bindings for programs that run components of a world, over the component API of Wasmtime.
///
/// The source includes the header by its file name, and needs the runtime in `rules/runtime/host`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    world: WorldArgs,
    /// The start of all names in C [default: the name of the world].
    #[arg(long, value_name = "NAME", value_parser = prefix)]
    prefix: Option<String>,
    /// An imported interface to leave out, as the host links it in another way. `*` at the end stands
    /// for any text, as in `wasi:*`.
    #[arg(long, value_name = "INTERFACE")]
    skip: Vec<String>,
    /// The output file for the header.
    #[arg(long, value_name = "FILE")]
    output_header: PathBuf,
    /// The output file for the source.
    #[arg(long, value_name = "FILE")]
    output_source: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    write(args).map_err(|e| e.target(args.world.label()))
}

fn write(args: &Args) -> Result<()> {
    let header = args.output_header.file_name().unwrap_or_default();
    let request = Request {
        world: &args.world,
        prefix: args.prefix.as_deref(),
        skip: &args.skip,
        language: "C",
    };
    let bindings = generate_c(&request, &header.to_string_lossy())?;
    let mut outputs = Outputs::default();
    outputs.text(&args.output_header, &bindings.header)?;
    outputs.text(&args.output_source, &bindings.source)?;
    outputs.commit()
}

/// Parses the start of names.
fn prefix(text: &str) -> Result<String, String> {
    match is_prefix(text) {
        true => Ok(text.to_owned()),
        false => Err("expected lower-case letters, digits and underscores".to_owned()),
    }
}
