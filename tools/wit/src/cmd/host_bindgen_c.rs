//! `wit host-bindgen-c`: generates C bindings for the host of a world.

use crate::host_bindings::{generate, is_prefix, Request};
use rules_wit_common::{Outputs, Result};
use std::path::PathBuf;

/// Generates C bindings for programs that run components of a world, over the component API of Wasmtime.
///
/// The source includes the header by its file name, and needs the runtime in `rules/runtime/host`.
#[derive(clap::Args)]
pub struct Args {
    /// The label of the Bazel target, for errors.
    #[arg(long)]
    label: Option<String>,
    /// The package with the world, in normal form.
    #[arg(long, value_name = "FILE")]
    wit: PathBuf,
    /// A dependency, in normal form.
    #[arg(long = "dep", value_name = "FILE")]
    deps: Vec<PathBuf>,
    /// The locations of the items of a package, as `wit resolve` writes them.
    #[arg(long = "spans", value_name = "FILE")]
    spans: Vec<PathBuf>,
    /// The world: `world` or `ns:package/world@version`.
    #[arg(long)]
    world: String,
    /// A feature to enable; its `@unstable` items are generated.
    #[arg(long = "feature", value_name = "NAME")]
    features: Vec<String>,
    /// The start of all names in C [default: the name of the world].
    #[arg(long, value_name = "NAME", value_parser = prefix)]
    prefix: Option<String>,
    /// An imported interface to leave out, as the host links it in another way. `*` at the end stands
    /// for any text, as in `wasi:*`.
    #[arg(long, value_name = "INTERFACE")]
    skip: Vec<String>,
    /// The output file for the header.
    #[arg(long, value_name = "FILE")]
    output_header: PathBuf,
    /// The output file for the source.
    #[arg(long, value_name = "FILE")]
    output_source: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    write(args).map_err(|e| e.target(args.label.as_deref()))
}

fn write(args: &Args) -> Result<()> {
    let header = args.output_header.file_name().unwrap_or_default();
    let bindings = generate(&Request {
        label: args.label.as_deref(),
        wit: &args.wit,
        deps: &args.deps,
        world: &args.world,
        features: &args.features,
        spans: &args.spans,
        prefix: args.prefix.as_deref(),
        skip: &args.skip,
        header: &header.to_string_lossy(),
    })?;
    let mut outputs = Outputs::default();
    outputs.text(&args.output_header, &bindings.header)?;
    outputs.text(&args.output_source, &bindings.source)?;
    outputs.commit()
}

/// Parses the start of names.
fn prefix(text: &str) -> Result<String, String> {
    match is_prefix(text) {
        true => Ok(text.to_owned()),
        false => Err("expected lower-case letters, digits and underscores".to_owned()),
    }
}
