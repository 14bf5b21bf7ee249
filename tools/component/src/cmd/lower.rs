//! `component lower`: lowers a component to one core module.

use crate::input::{read_component, validate};
use crate::lower::{lower, Bounds, Features, Memory, Options};
use rules_wit_common::{write_output, Result};
use std::path::PathBuf;

/// Makes one core module of a component.
///
/// The module imports and exports what the component does, as bindings for core modules have it.
/// What was composed in it keeps its own memory, or its own part of the one memory, and nothing but
/// values as the canonical ABI has them goes from one to the other. The host sees memory 0 only,
/// or the beginning of the one memory, and must not make it grow. The same component gives the
/// same bytes.
#[derive(clap::Args)]
pub struct Args {
    /// The component.
    component: PathBuf,
    /// Where to write the module; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// How many memories the module may have.
    #[arg(long, value_enum)]
    memory: Memory,
    /// Whether each access to a part of the one memory is checked.
    #[arg(long, value_enum, default_value_t = Bounds::Checked)]
    bounds: Bounds,
    /// What the engine knows: the module is checked against it. Default: `wasm2` for one memory,
    /// else `multi-memory`.
    #[arg(long, value_enum)]
    features: Option<Features>,
    /// Where to write a description of the imports and exports, as JSON.
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// The label of the target that the module belongs to.
    #[arg(long)]
    label: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    lower_file(args).map_err(|e| e.target(args.label.as_deref()))
}

fn lower_file(args: &Args) -> Result<()> {
    let bytes = read_component(&args.component)?;
    validate(&args.component, &bytes)?;
    let options = Options {
        memory: args.memory,
        bounds: args.bounds,
        features: args.features,
    };
    let lowered = lower(bytes, &options)?;
    if let Some(path) = &args.manifest {
        write_output(path, lowered.manifest.as_bytes(), false)?;
    }
    write_output(&args.output, &lowered.module, true)
}
