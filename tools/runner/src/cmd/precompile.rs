//! `runner precompile`: compiles a component to machine code.

use crate::host::check_kind;
use crate::precompiled::{digest, precompile, Settings};
use rules_wit_common::{display_path, read_bytes, Limit, Outputs, Result};
use std::path::PathBuf;

/// Compiles a component to machine code, which starts without compilation.
///
/// `runner run`, `invoke` and `serve` load the result with `--precompiled`, and other programs with
/// `Component::deserialize` or `wasmtime_component_deserialize`. They need the same version of Wasmtime, up to the first dot,
/// and an engine with the same settings; anything else is an error when the code is loaded.
///
/// Machine code is trusted: load it only if you trust who compiled it. Its bytes can differ from run to run, as Wasmtime
/// orders some names by random hashes.
#[derive(clap::Args)]
pub struct Args {
    /// The component
    component: PathBuf,
    /// The output file
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The output file for the SHA-256 of the code, as `sha256sum` writes it
    #[arg(long, value_name = "FILE")]
    output_sha256: Option<PathBuf>,
    /// The platform, such as `x86_64-unknown-linux-gnu`; the code runs on all of its CPUs
    /// [default: this machine, with all that its CPU can do]
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,
    /// Count instructions, for engines that limit them with fuel
    #[arg(long)]
    fuel: bool,
    /// Let epochs interrupt the code, as `runner serve` does
    #[arg(long)]
    epochs: bool,
    /// Leave out garbage collection and exceptions, for engines that have another collector or none
    #[arg(long)]
    no_gc: bool,
    /// The label of the Bazel target, for errors
    #[arg(long)]
    label: Option<String>,
}

/// Runs the command.
pub fn run(args: Args) -> Result<u8> {
    compile(&args).map_err(|e| e.target(args.label.as_deref()))
}

fn compile(args: &Args) -> Result<u8> {
    let bytes = read_bytes(&args.component, Limit::BINARY)?;
    let settings = Settings {
        target: args.target.clone(),
        fuel: args.fuel,
        epochs: args.epochs,
        no_gc: args.no_gc,
    };
    let name = display_path(&args.component);
    check_kind(&bytes, &name)?;
    let code = precompile(&name, &bytes, &settings)?;
    let file_name = args.output.file_name().unwrap_or_default();
    let line = format!("{}  {}\n", digest(&code), file_name.to_string_lossy());
    let mut outputs = Outputs::default();
    outputs.binary(&args.output, &code)?;
    if let Some(file) = &args.output_sha256 {
        outputs.text(file, &line)?;
    }
    outputs.commit()?;
    Ok(rules_wit_common::exit::OK)
}
