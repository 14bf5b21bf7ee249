//! `wit bindgen-moonbit`: generates the MoonBit bindings of a world, as a directory of packages.

use crate::bindings::{create_directory_of, generate_moonbit, Generator, MoonBitRequest};
use crate::packages::WorldArgs;
use rules_wit_common::{Outputs, Result};
use std::path::PathBuf;

/// Generates the MoonBit bindings of a world, as a directory of packages.
///
/// The program `--generator` generates the code. It must accept the command line of `wit-bindgen
/// moonbit`. The code is adapted to the compiler of the npm package: that is older, and represents
/// strings and arrays in another way. Async functions, futures and streams are an error.
#[derive(clap::Args)]
pub struct Args {
    /// The program that generates the code: `wit-bindgen`.
    #[arg(long, value_name = "PROGRAM")]
    generator: PathBuf,
    /// The required version of the generator [default: any].
    #[arg(long, value_name = "VERSION")]
    generator_version: Option<String>,
    #[command(flatten)]
    world: WorldArgs,
    /// A trait that all generated types derive.
    #[arg(long, value_name = "TRAIT", value_parser = ["debug", "eq", "show"])]
    derive: Vec<String>,
    /// The output directory. `bindings.json` in it lists the packages.
    #[arg(short, long, value_name = "DIRECTORY")]
    output: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    write(args).map_err(|e| e.target(args.world.label()))
}

fn write(args: &Args) -> Result<()> {
    let files = generate_moonbit(&MoonBitRequest {
        world: &args.world,
        generator: Generator {
            name: "wit-bindgen",
            program: &args.generator,
            version: args.generator_version.as_deref(),
        },
        derive: &args.derive,
    })?;
    let mut outputs = Outputs::default();
    for (path, text) in &files {
        let file = args.output.join(path);
        create_directory_of(&file)?;
        outputs.text(&file, text)?;
    }
    outputs.commit()
}
