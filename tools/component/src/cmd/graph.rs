//! `component graph`: draws the instances of a composition and their connections.

use crate::graph::{dot, json, read, svg};
use crate::input::{read_component, validate};
use rules_wit_common::{display_path, write_output, Result};
use std::path::PathBuf;

/// Draws what a component is composed of.
///
/// There is a box for each instance of a component in it, one for its imports, one for its exports,
/// and one for its own modules if it has some, and a line from who takes to who gives, with the
/// names of the interfaces and functions. Components that were composed before are one box.
#[derive(clap::Args)]
pub struct Args {
    /// The component.
    component: PathBuf,
    /// What to write.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Where to write it; `-` is the standard output.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// The label of the target that the picture belongs to.
    #[arg(long)]
    label: Option<String>,
}

/// Output formats.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Format {
    /// A picture.
    #[default]
    Svg,
    /// The language of Graphviz.
    Dot,
    /// Data.
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
