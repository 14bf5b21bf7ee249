//! `wit fix`: updates older and loosely written WIT to the current syntax.

#[cfg(test)]
mod fuzz;
mod header;
mod old_syntax;
mod plan;
mod structure;
mod targets;
mod texts;
mod uses;

use crate::tree::Tree;
use crate::wording::count;
use rules_wit_common::{
    print_diagnostics, write_file, write_output, Diagnostic, Failure, Result, Severity,
};
use std::path::{Path, PathBuf};
use texts::{fix, Outcome};

/// Brings WIT up to date: the form that today's tools read, with the same meaning.
///
/// A `use ns:package/interface.{names}` outside of any interface moves into the interfaces and
/// worlds that need the names; versions are filled in from the packages of the tree; forms of 2022
/// and 2023 (`function`, `expected<a, b>`, `use { a } from b`, unions, named results, no semicolons,
/// `default world`, functions outside of any interface, no `package` header or several) are replaced
/// by those of today. Only that is edited: comments and layout stay.
/// A package that would not hold together afterwards is left alone, and told with the reason.
///
/// Exits with 0 if all is in order now, 1 if something could not be fixed or, with --check, would
/// change, 2 for a wrong command line, 3 if something cannot be read or written.
#[derive(clap::Args)]
pub struct Args {
    /// A directory with packages, at any depth, or a `.wit` file.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write nothing; show as a diff what would change, and exit with 1 if anything would.
    #[arg(long)]
    check: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let tree = Tree::read(&args.paths)?;
    let Outcome { texts, problems } = fix(&tree);
    let mut all: Vec<Diagnostic> = tree.unreadable.clone();
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
        // Through a link, so that it stays one.
        let path = file
            .path
            .canonicalize()
            .unwrap_or_else(|_| file.path.clone());
        match write_file(&path, text.as_bytes()) {
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
        out.push_str(&format!("ok: {fixed} fixed, {rest} as before\n"));
    }
    write_output(Path::new("-"), out.as_bytes(), false)?;
    match Failure::from_all(all) {
        Some(all) if failed => return Err(all),
        Some(warnings) => print_diagnostics(&warnings),
        None => {}
    }
    Ok(())
}
