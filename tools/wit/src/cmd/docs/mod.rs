//! `wit docs`: writes an HTML reference of packages.

mod item;
mod markdown;
mod page;

use crate::packages::resolve;
use crate::tree::Tree;
use rules_wit_common::{write_output, Diagnostic, Failure, Result};
use std::path::PathBuf;

/// Writes an HTML page about packages: their worlds, interfaces, types and functions.
///
/// The texts are the documentation comments (`///` and `/** */`), read as Markdown; HTML in them is
/// shown as it is written. Every item has an anchor, every type leads to where it is defined. The
/// page needs nothing else: it opens from the disk.
///
/// Exits with 0 if there is a page, 1 if the WIT does not hold together, 2 for a wrong command line, 3
/// if something cannot be read or written.
#[derive(clap::Args)]
pub struct Args {
    /// A directory with packages, at any depth, or a `.wit` file.
    #[arg(required_unless_present = "wit", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// A package in normal form, which comes first.
    #[arg(long, value_name = "FILE")]
    wit: Vec<PathBuf>,
    /// A package that it uses, in normal form.
    #[arg(long = "dep", value_name = "FILE")]
    deps: Vec<PathBuf>,
    /// The label of the target that the page belongs to.
    #[arg(long)]
    label: Option<String>,
    /// The title; the name of the first package, if this is not given.
    #[arg(long)]
    title: Option<String>,
    /// Where to write the page; `-` is the standard output.
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
    let all = [&args.wit, &args.deps, &args.paths].map(Vec::as_slice);
    let tree = Tree::read(&all.concat())?;
    if let Some(unreadable) = Failure::from_all(tree.unreadable.clone()) {
        return Err(unreadable);
    }
    let resolve = resolve(&tree)?;
    if resolve.packages.iter().next().is_none() {
        return Err(Diagnostic::new("there is no package to document")
            .hint("give files with a `package` header")
            .into());
    }
    let text = page::page(&resolve, first.as_ref(), args.title.as_deref());
    write_output(&args.output, text.as_bytes(), false)
}
