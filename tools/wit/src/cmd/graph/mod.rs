//! `wit graph`: draws which packages use which, or writes it as data.

mod data;
mod html;
mod model;
mod svg;

use crate::tree::Tree;
use model::Model;
use rules_wit_common::{write_output, Failure, Result};
use std::path::PathBuf;

/// Draws which packages use what of each other.
///
/// The pictures have a box for each package and a line for each dependency, with the interfaces and
/// types that are used. `html` is a page that needs nothing else: it opens from the disk, can be
/// searched, and shows on a package what it uses and who uses it. What cannot be found is drawn
/// dashed; `wit check` says what is wrong with it.
///
/// Exits with 0 if there is a picture, 1 if there is no WIT, 2 for a wrong command line, 3 if something
/// cannot be read or written.
#[derive(clap::Args)]
pub struct Args {
    /// A directory with packages, at any depth, or a `.wit` file.
    #[arg(required_unless_present = "wit", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// A package in normal form.
    #[arg(long, value_name = "FILE")]
    wit: Vec<PathBuf>,
    /// A package that it uses, in normal form.
    #[arg(long = "dep", value_name = "FILE")]
    deps: Vec<PathBuf>,
    /// The label of the target that the picture belongs to.
    #[arg(long)]
    label: Option<String>,
    /// What to write.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Where to write it; `-` is the standard output.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

/// What can be written.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Format {
    /// A picture.
    #[default]
    Svg,
    /// The language of Graphviz.
    Dot,
    /// Data.
    Json,
    /// A page.
    Html,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    draw(args).map_err(|e| e.target(args.label.as_deref()))
}

fn draw(args: &Args) -> Result<()> {
    let all = [&args.wit, &args.deps, &args.paths].map(Vec::as_slice);
    let tree = Tree::read(&all.concat())?;
    if let Some(unreadable) = Failure::from_all(tree.unreadable.clone()) {
        // A picture without some packages would be wrong, and nothing in it would say so.
        return Err(unreadable);
    }
    let model = Model::new(&tree);
    let text = match args.format {
        Format::Svg => svg::svg(&model),
        Format::Dot => data::dot(&model),
        Format::Json => data::json(&model),
        Format::Html => html::html(&model),
    };
    write_output(&args.output, text.as_bytes(), false)
}
