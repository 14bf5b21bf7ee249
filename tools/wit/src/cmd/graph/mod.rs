//! `wit graph`: draws which packages use which, or writes it as data.

mod data;
mod html;
mod model;
mod svg;

use crate::package_graph::Analysis;
use crate::tree::Tree;
use model::Model;
use rules_wit_common::{write_output, Failure, Result};
use std::path::PathBuf;

/// Draws packages and their uses of each other.
///
/// Pictures have a box for each package, and a line for each dependency with the used interfaces and
/// types. `html` is a self-contained page with a search; a click on a package shows its dependencies
/// and dependents. Missing packages are dashed; run `wit check` for details.
///
/// Exits with 0 if the output was written, 1 if there is no WIT, 2 for a usage error, 3 if a file cannot
/// be read or written.
#[derive(clap::Args)]
pub struct Args {
    /// A directory with packages at any depth, a `.wit` file, or an encoded package.
    #[arg(required_unless_present = "wit", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// A package in normal form.
    #[arg(long, value_name = "FILE")]
    wit: Vec<PathBuf>,
    /// A dependency, in normal form.
    #[arg(long = "dep", value_name = "FILE")]
    deps: Vec<PathBuf>,
    /// The label of the Bazel target, for errors.
    #[arg(long)]
    label: Option<String>,
    /// The output format.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The output file; `-` is the standard output.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

/// The output format.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Format {
    /// An SVG picture.
    #[default]
    Svg,
    /// The DOT language of Graphviz.
    Dot,
    /// JSON data.
    Json,
    /// An HTML page.
    Html,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    draw(args).map_err(|e| e.target(args.label.as_deref()))
}

fn draw(args: &Args) -> Result<()> {
    let tree = Tree::read_with(&[&*args.wit, &args.paths].concat(), &args.deps)?;
    if let Some(unreadable) = Failure::from_all(tree.unreadable.clone()) {
        // A picture without some packages would be wrong, and nothing in it would say so.
        return Err(unreadable);
    }
    let model = Model::new(&tree, &Analysis::of(&tree).without_conflicts()?);
    let text = match args.format {
        Format::Svg => svg::svg(&model),
        Format::Dot => data::dot(&model),
        Format::Json => data::json(&model),
        Format::Html => html::html(&model),
    };
    write_output(&args.output, text.as_bytes(), false)
}
