//! `component graph`: draws the instances of a composition and their connections.

use crate::graph::{dot, json, read, svg};
use crate::input::{read_component, validate};
use rules_wit_common::{display_path, write_output, Result};
use std::path::PathBuf;

/// Draws the instances in a composed component.
///
/// The picture has a box for each instance of a component, one for the imports, one for the
/// exports, and one for modules of the component itself. A line leads from a user to a provider,
/// and is labelled with the names of the interfaces and functions. A composed component within the
/// component is one box.
#[derive(clap::Args)]
pub struct Args {
    /// The component.
    component: PathBuf,
    /// The output format.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The output file; `-` is the standard output.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// The label of the Bazel target, for errors.
    #[arg(long)]
    label: Option<String>,
}

/// Output formats.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Format {
    /// An SVG picture.
    #[default]
    Svg,
    /// The DOT language of Graphviz.
    Dot,
    /// JSON.
    Json,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    draw(args).map_err(|e| e.target(args.label.as_deref()))
}

fn draw(args: &Args) -> Result<()> {
    let bytes = read_component(&args.component)?;
    validate(&args.component, &bytes)?;
    let model = read(&display_path(&args.component), &bytes)?;
    let text = match args.format {
        Format::Svg => svg(&model),
        Format::Dot => dot(&model),
        Format::Json => json(&model),
    };
    write_output(&args.output, text.as_bytes(), false)
}
