//! `wit bindgen-js-types`: generates TypeScript declarations for the scripts of a world.

use crate::js_types::{generate, Request};
use rules_wit_common::{write_output, Result};
use std::path::PathBuf;

/// Generates TypeScript declarations for components in JavaScript: what a script of a world can import, and what it has to
/// export.
///
/// The types are those that jco declares for guests.
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
    /// The world: `world` or `ns:package/world@version`.
    #[arg(long)]
    world: String,
    /// A feature to enable; its `@unstable` items are generated.
    #[arg(long = "feature", value_name = "NAME")]
    features: Vec<String>,
    /// The output file; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let declarations = generate(&Request {
        label: args.label.as_deref(),
        wit: &args.wit,
        deps: &args.deps,
        world: &args.world,
        features: &args.features,
    });
    let written = declarations.and_then(|text| write_output(&args.output, text.as_bytes(), false));
    written.map_err(|e| e.target(args.label.as_deref()))
}
