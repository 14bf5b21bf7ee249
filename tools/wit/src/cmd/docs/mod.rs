//! `wit docs`: writes an HTML reference of packages.

mod item;
mod markdown;
mod page;

use crate::packages::resolve;
use crate::tree::Tree;
use rules_wit_common::{write_output, Diagnostic, Failure, Result};
use std::path::PathBuf;

/// Writes an HTML reference of packages: their worlds, interfaces, types and functions.
///
/// Documentation comments (`///` and `/** */`) are rendered as Markdown; HTML in them is shown as
/// text. Every item has an anchor, and every type links to its definition. The page is
/// self-contained.
///
/// Exits with 0 if the page was written, 1 if the WIT has errors, 2 for a usage error, 3 if a file
/// cannot be read or written.
#[derive(clap::Args)]
pub struct Args {
    /// A directory with packages at any depth, a `.wit` file, or an encoded package.
    #[arg(required_unless_present = "wit", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// A package in normal form, which becomes the first of the page.
    #[arg(long, value_name = "FILE")]
    wit: Vec<PathBuf>,
    /// A dependency, in normal form.
    #[arg(long = "dep", value_name = "FILE")]
    deps: Vec<PathBuf>,
    /// The label of the Bazel target, for errors.
    #[arg(long)]
    label: Option<String>,
    /// The title [default: the name of the first package].
    #[arg(long)]
    title: Option<String>,
    /// The output file; `-` is the standard output.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    write(args).map_err(|e| e.target(args.label.as_deref()))
}

fn write(args: &Args) -> Result<()> {
    let first = if args.wit.is_empty() {
        None
    } else {
        // Read the file alone to find its package.
        let tree = Tree::read(&args.wit)?;
        tree.units.iter().find_map(|u| u.name.clone())
    };
    let tree = Tree::read_with(&[&*args.wit, &args.paths].concat(), &args.deps)?;
    if let Some(unreadable) = Failure::from_all(tree.unreadable.clone()) {
        return Err(unreadable);
    }
    let resolve = resolve(&tree)?;
    if resolve.packages.iter().next().is_none() {
        return Err(Diagnostic::new("no package to document")
            .hint("pass files with a `package` header")
            .into());
    }
    let text = page::page(&resolve, first.as_ref(), args.title.as_deref());
    write_output(&args.output, text.as_bytes(), false)
}
