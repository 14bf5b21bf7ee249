//! `wit closure`: writes a package with its dependencies as one WIT document.

use crate::packages::{document, write_error, Options};
use rules_wit_common::{write_output, Result};

/// Writes a package with its dependencies as one self-contained WIT document.
///
/// The package comes first; its dependencies follow as `package ns:name { ... }`. Items of disabled
/// features are left out.
///
/// Exits with 0 if the document was written, 1 if the WIT has errors, 2 for a usage error, 3 if a file
/// cannot be read or written.
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
