//! `component wit`: the WIT of a component.

use crate::input::{causes, read_component, validate};
use rules_wit_common::{display_path, write_output, Diagnostic, Result};
use std::path::{Path, PathBuf};
use wit_component::{decode, WitPrinter};
use wit_parser::PackageId;

/// Prints the WIT of a component, or of an encoded WIT package.
#[derive(clap::Args)]
pub struct Args {
    /// The component.
    component: PathBuf,
    /// Where to write the WIT; `-` is the standard output.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let bytes = read_component(&args.component)?;
    validate(&args.component, &bytes)?;
    let text = print(&args.component, &bytes)?;
    write_output(&args.output, text.as_bytes(), false)
}

fn print(path: &Path, bytes: &[u8]) -> Result<String> {
    let fail = |e: &(dyn std::error::Error + 'static)| {
        Diagnostic::new(format!(
            "cannot read the WIT of `{}`: {}",
            display_path(path),
            causes(e).join(": ")
        ))
    };
    let decoded = decode(bytes).map_err(|e| fail(e.as_ref()))?;
    let main = decoded.package();
    let resolve = decoded.resolve();
    let others: Vec<PackageId> = resolve
        .packages
        .iter()
        .map(|(id, _)| id)
        .filter(|id| *id != main)
        .collect();
    let mut printer = WitPrinter::default();
    printer
        .print(resolve, main, &others)
        .map_err(|e| fail(e.as_ref()))?;
    let mut text = printer.output.to_string();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}
