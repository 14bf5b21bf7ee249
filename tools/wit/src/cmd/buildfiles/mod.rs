//! `wit buildfiles`: writes BUILD files with a `wit_library` for each package of a tree.

#[cfg(test)]
mod fuzz;
mod labels;
mod lists;
mod plan;
mod starlark;
mod write;

use crate::tree::Tree;
use crate::wording::count;
use plan::Plan;
use rules_wit_common::{
    display_path, print_diagnostics, write_output, write_source_file, Diagnostic, Failure, Result,
    Severity,
};
use std::path::{Path, PathBuf};

/// Writes BUILD files with a `wit_library` for each WIT package below some directories.
///
/// A package belongs to the BUILD file of its directory or, where there is none, of the nearest
/// directory above it, up to PATH; where PATH has none, either, its own directory gets one. A new
/// target is called after the directory of the package. Its `srcs` are the files, its `deps` the
/// packages that the WIT uses, by what the manifests say where that is open; packages of WASI are
/// those of the rules.
///
/// Of BUILD files that exist only `srcs` and `deps` of `wit_library` targets are touched, where they
/// are plain lists, and of those nothing that has a comment `# keep`.
///
/// Exits with 0 if all is in order now, 1 if a package is missing or, with --check, something would
/// change, 2 for a wrong command line, 3 if something cannot be read or written.
#[derive(clap::Args)]
pub struct Args {
    /// A directory with packages, at any depth.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write nothing; show as a diff what would change, and exit with 1 if anything would.
    #[arg(long)]
    check: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let tree = Tree::read(&args.paths)?;
    let Plan {
        files,
        packages,
        problems,
    } = plan::plan(&tree, &args.paths)?;
    let mut all = tree.unreadable.clone();
    all.extend(problems);
    let mut out = String::new();
    let mut changed = 0;
    for file in &files {
        let old = file.old.as_deref().unwrap_or_default();
        if old == file.new {
            continue;
        }
        changed += 1;
        let shown = display_path(&file.path);
        if args.check {
            let diff = similar::TextDiff::from_lines(old, file.new.as_str());
            let new = format!("{shown} (updated)");
            out.push_str(&diff.unified_diff().header(&shown, &new).to_string());
            continue;
        }
        let what = match file.old {
            Some(_) => "updated",
            None => "wrote",
        };
        match write_source_file(&file.path, file.new.as_bytes()) {
            Ok(()) => out.push_str(&format!("{what} {shown}\n")),
            Err(e) => all.extend(e.diagnostics()),
        }
    }
    if args.check && changed > 0 {
        let files = count(changed, "file");
        let d = Diagnostic::new(format!("{files} would change"));
        all.push(d.hint("run `wit buildfiles` without --check"));
    }
    let failed = all.iter().any(|d| d.severity() == Severity::Error);
    if !failed {
        out.push_str(&format!(
            "ok: {} in {}, {changed} changed\n",
            count(packages, "package"),
            count(files.len(), "BUILD file"),
        ));
    }
    write_output(Path::new("-"), out.as_bytes(), false)?;
    match Failure::from_all(all) {
        Some(all) if failed => Err(all),
        Some(warnings) => {
            print_diagnostics(&warnings);
            Ok(())
        }
        None => Ok(()),
    }
}
