//! `wit fix`: updates older and loosely written WIT to the current syntax.

mod default_exports;
#[cfg(test)]
mod fuzz;
mod header;
mod names;
mod obsolete;
mod old_paths;
mod old_syntax;
mod old_types;
mod plan;
mod same_names;
mod structure;
mod targets;
mod texts;
mod uses;

use crate::tree::Tree;
use crate::wording::count;
use rules_wit_common::{
    print_diagnostics, write_output, write_source_file, Diagnostic, Failure, Result, Severity,
};
use std::path::{Path, PathBuf};
use texts::{fix, Outcome};
use wit_parser::PackageName;

/// Updates WIT to the current syntax, with the same meaning.
///
/// Moves each `use ns:package/interface.{names}` outside of any interface into the interfaces and
/// worlds that need the names; fills in versions from the packages of the tree; and replaces the
/// syntax of 2022 and 2023 (`function`, `expected<a, b>`, `use { a } from b`, `use pkg.a.{b}`, unions,
/// handles, named results, no semicolons, `default world`, `default export`, functions outside of any
/// interface, no `package` header or several). Names that have become keywords get `%`, and names in
/// other cases become kebab case. Comments and layout are kept.
/// A package that would not resolve afterwards is left unchanged and reported with the reason.
///
/// Exits with 0 if everything is fixed, 1 if something cannot be fixed or, with --check, would change,
/// 2 for a usage error, 3 if a file cannot be read or written.
#[derive(clap::Args)]
pub struct Args {
    /// A directory with packages, at any depth, or a `.wit` file.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Print a diff of the changes instead of writing files; exit with 1 if there are any.
    #[arg(long)]
    check: bool,
    /// The name of the package whose files have no `package` header, as before June 2023. Packages
    /// below `deps` without a header are named after their directories, in its namespace.
    #[arg(long, value_name = "NS:NAME[@VERSION]", value_parser = package)]
    package: Option<PackageName>,
}

/// Parses the name of a package.
fn package(text: &str) -> Result<PackageName, String> {
    let name = header::parse(text);
    name.ok_or_else(|| "expected `namespace:name` or `namespace:name@version`".to_owned())
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let tree = Tree::read(&args.paths)?;
    let given = args.package.as_ref();
    let nameless = header::nameless(&tree);
    if let (Some(name), [_, _, ..]) = (given, nameless.as_slice()) {
        let mut d = Diagnostic::new(format!(
            "`--package {name}` is for one package, but {} directories have no `package` header",
            nameless.len()
        ));
        for file in nameless.iter().filter_map(|u| tree.units[*u].files.first()) {
            d = d.site(tree.files[*file].0.site(&(0..0)));
        }
        return Err(d.hint("run `wit fix` for each directory").into());
    }
    let Outcome { texts, problems } = fix(&tree, given);
    let mut all: Vec<Diagnostic> = tree.unreadable.clone();
    all.extend(given.and_then(|name| unused_name(&tree, name, &nameless)));
    all.extend(problems.into_iter().map(|p| p.diagnostic));
    let mut out = String::new();
    for (file, text) in &texts {
        let file = &tree.files[*file].0;
        if args.check {
            let diff = similar::TextDiff::from_lines(&file.text, text);
            let new = format!("{} (fixed)", file.shown);
            out.push_str(&diff.unified_diff().header(&file.shown, &new).to_string());
            continue;
        }
        if let Some(d) = tree.leads_out(&file.path) {
            all.push(d);
            continue;
        }
        match write_source_file(&file.path, text.as_bytes()) {
            Ok(()) => out.push_str(&format!("fixed {}\n", file.shown)),
            Err(e) => all.extend(e.diagnostics()),
        }
    }
    if args.check && !texts.is_empty() {
        let files = count(texts.len(), "file");
        let d = Diagnostic::new(format!("{files} would change"));
        all.push(d.hint("run `wit fix` without --check"));
    }
    let failed = all.iter().any(|d| d.severity() == Severity::Error);
    if !failed {
        let rest = tree.files.len() - texts.len();
        let (fixed, rest) = (count(texts.len(), "file"), count(rest, "file"));
        out.push_str(&format!("ok: {fixed} fixed, {rest} unchanged\n"));
    }
    write_output(Path::new("-"), out.as_bytes(), false)?;
    match Failure::from_all(all) {
        Some(all) if failed => return Err(all),
        Some(warnings) => print_diagnostics(&warnings),
        None => {}
    }
    Ok(())
}

/// The warning for a name from the command line that is for no package.
fn unused_name(tree: &Tree, name: &PackageName, nameless: &[usize]) -> Option<Diagnostic> {
    let has_name = |unit: usize| tree.packages(unit).contains(name);
    if !nameless.is_empty() || (0..tree.units.len()).any(has_name) {
        return None;
    }
    let d = Diagnostic::warning(format!(
        "`--package {name}` is not used: no package lacks a `package` header"
    ));
    Some(d.hint("leave it out, or edit the header to rename a package"))
}
