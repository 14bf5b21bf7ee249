//! `component lower`: lowers a component to one core module.

use crate::input::{read_component, validate, validate_for_engine};
use crate::lower::{lower, Bounds, Features, Memory, Options};
use rules_wit_common::{Outputs, Result};
use std::path::PathBuf;

/// Lowers a component to one core module, for engines without the component model.
///
/// The module imports and exports the functions of the component's world under the names and types
/// of the canonical ABI. Composed components keep separate memories, or separate regions of the one
/// memory, and exchange values only as the canonical ABI defines. The host sees memory 0, or the
/// start of the one memory, and must not grow it. Equal inputs give byte-identical outputs.
#[derive(clap::Args)]
pub struct Args {
    /// The component.
    component: PathBuf,
    /// The output file; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The number of memories in the module.
    #[arg(long, value_enum)]
    memory: Memory,
    /// Bounds checks of accesses to the one memory.
    #[arg(long, value_enum, default_value_t = Bounds::Checked)]
    bounds: Bounds,
    /// The features of the engine, which the module is validated for. Default: `wasm2` for one
    /// memory, otherwise `multi-memory`.
    #[arg(long, value_enum)]
    features: Option<Features>,
    /// The output file for a description of the imports and exports, as JSON.
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// The label of the Bazel target, for errors.
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
    let lowered = match lower(&bytes, &options) {
        Ok(lowered) => lowered,
        Err(e) => {
            // A library of the engine translates the component, and validates it first.
            validate_for_engine(&args.component, &bytes)?;
            return Err(e.failure(&args.component));
        }
    };
    let mut outputs = Outputs::default();
    if let Some(path) = &args.manifest {
        outputs.text(path, &lowered.manifest)?;
    }
    outputs.binary(&args.output, &lowered.module)?;
    outputs.commit()
}
