//! `wit closure`: writes a package with its dependencies as one WIT document.

use crate::packages::{document, write_error, Options};
use rules_wit_common::{write_output, Result};

/// Writes a package and all that it uses as one WIT document.
///
/// The package comes first; those that it uses follow as `package ns:name { ... }`. So the document
/// means by itself what the tree means. What is behind a closed gate is not in it.
///
/// Exits with 0 if all is well, 1 if the packages do not hold together, 2 for a wrong command line, 3
/// if something cannot be read or written.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    options: Options,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let (packages, main) = args.options.read()?;
    let resolve = &packages.resolve;
    let text = document(resolve, main).map_err(|e| write_error(resolve, main, "write", &e))?;
    write_output(&args.options.output, text.as_bytes(), false)
}
