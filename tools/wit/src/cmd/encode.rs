//! `wit encode`: writes a package with its dependencies as a WebAssembly binary.

use crate::encoding::{self, Budget};
use crate::packages::{write_error, Options};
use rules_wit_common::{write_output, Failure, Result};

/// Writes a package with its dependencies as a WebAssembly binary.
///
/// This is the format of WIT packages in registries.
///
/// Exits with 0 if the binary was written, 1 if the WIT has errors, 2 for a usage error, 3 if a file
/// cannot be read or written.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    options: Options,
    /// The label of the Bazel target, for errors.
    #[arg(long)]
    label: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    encode(args).map_err(|e| e.target(args.label.as_deref()))
}

fn encode(args: &Args) -> Result<()> {
    let (packages, main) = args.options.read()?;
    let resolve = &packages.resolve;
    let errors = encoding::check(resolve, main, &mut Budget::default(), |span| {
        packages.site(span)
    });
    if let Some(failure) = Failure::from_all(errors) {
        return Err(failure);
    }
    let bytes = wit_component::encode(resolve, main)
        .map_err(|e| write_error(resolve, main, "encode", &e))?;
    write_output(&args.options.output, &bytes, true)
}
