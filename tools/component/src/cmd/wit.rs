//! `component wit`: prints the WIT of a component.

use crate::error::{catch, causes, NO_WIT};
use crate::input::{read_component, validate};
use rules_wit_common::{display_path, write_output, Diagnostic, Result};
use std::path::{Path, PathBuf};
use wit_component::{DecodedWasm, WitPrinter};
use wit_parser::{PackageId, Resolve};

/// Prints the WIT of a component, or of an encoded WIT package.
#[derive(clap::Args)]
pub struct Args {
    /// The component.
    component: PathBuf,
    /// The output file; `-` is the standard output.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// Print the main package only, not the packages that it uses.
    #[arg(long)]
    no_deps: bool,
    /// The label of the Bazel target, for errors.
    #[arg(long)]
    label: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    print(args).map_err(|e| e.target(args.label.as_deref()))
}

fn print(args: &Args) -> Result<()> {
    let bytes = read_component(&args.component)?;
    validate(&args.component, &bytes)?;
    let text = wit(args, &bytes)?;
    write_output(&args.output, text.as_bytes(), false)
}

fn wit(args: &Args, bytes: &[u8]) -> Result<String> {
    let path = args.component.as_path();
    let fail = |e: &(dyn std::error::Error + 'static)| unreadable(path, &causes(e).join(": "));
    let decoded = decode(path, bytes)?;
    let main = decoded.package();
    let resolve = decoded.resolve();
    let others: Vec<PackageId> = resolve
        .packages
        .iter()
        .map(|(id, _)| id)
        .filter(|id| *id != main && !args.no_deps)
        .collect();
    let mut printer = WitPrinter::default();
    printer
        .print(resolve, main, &others)
        .map_err(|e| fail(e.as_ref()))?;
    let mut text = printer.output.to_string();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    // Without its dependencies, the text cannot be resolved.
    if !args.no_deps {
        check(path, &text)?;
    }
    Ok(text)
}

/// Reports text that is not WIT: components may have types without a name that WIT can refer to.
fn check(path: &Path, text: &str) -> Result<()> {
    let mut resolve = Resolve {
        all_features: true,
        ..Resolve::default()
    };
    match resolve.push_str("component.wit", text) {
        Ok(_) => Ok(()),
        Err(e) => {
            let why = causes(e.as_ref()).join(": ");
            let why = why.lines().next().unwrap_or_default();
            let why = why.trim_end_matches(':');
            Err(unreadable(path, &format!("{NO_WIT}: {why}")).into())
        }
    }
}

/// Decodes the types of a component; fails for types that WIT does not have.
fn decode(path: &Path, bytes: &[u8]) -> Result<DecodedWasm> {
    match catch(|| wit_component::decode(bytes)) {
        Some(Ok(decoded)) => Ok(decoded),
        Some(Err(e)) => Err(unreadable(path, &causes(e.as_ref()).join(": ")).into()),
        None => Err(unreadable(path, NO_WIT).into()),
    }
}

fn unreadable(path: &Path, why: &str) -> Diagnostic {
    Diagnostic::new(format!(
        "cannot read the WIT of `{}`: {why}",
        display_path(path)
    ))
    .hint("only components that are built for a world, or composed of such components, have WIT")
}
