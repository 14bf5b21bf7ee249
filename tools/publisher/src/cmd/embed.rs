//! `publisher embed`: puts the provenance of a component into it.

use crate::provenance;
use rules_wit_common::{read_bytes, write_output, Limit, Result};
use std::path::PathBuf;

/// Puts the provenance of a component into it, as the custom section `cyclonedx`.
#[derive(clap::Args)]
pub struct Args {
    /// The component.
    file: PathBuf,
    /// The document that `publisher provenance` has written.
    #[arg(long, value_name = "FILE")]
    provenance: PathBuf,
    /// The output file.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The target, for messages.
    #[arg(long)]
    label: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    embed(args).map_err(|e| e.target(args.label.as_deref()))
}

fn embed(args: &Args) -> Result<()> {
    let bytes = read_bytes(&args.file, Limit::BINARY)?;
    let document = read_bytes(&args.provenance, Limit::SOURCE)?;
    provenance::check(&document, &bytes)?;
    write_output(&args.output, &provenance::embed(&bytes, &document)?, true)
}
