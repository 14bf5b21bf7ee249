//! `wit check`: checks that the packages of a tree fit together.

mod json;

use crate::package_graph::{Analysis, Report};
use crate::problem::{Kind, Problem};
use crate::tree::Tree;
use crate::wording::count;
use rules_wit_common::{print_diagnostics, write_output, Failure, Result, Severity};
use std::path::{Path, PathBuf};

/// Checks all WIT packages below some directories, and their dependencies on each other.
///
/// Reads every `.wit` file, and the manifests beside them: `deps.toml` (with `[dependencies]`, or of
/// wit-deps) and `wkg.toml`, with their lock files. Reports all problems in one run: syntax errors,
/// missing dependencies, version mismatches, cycles, packages that are defined twice or split across
/// directories, undeclared uses, unknown names, and items that cannot be part of a component. An unused dependency is a warning, and so is one that is ignored for another copy.
///
/// Exits with 0 if there is no error, 1 if there is one, 2 for a usage error, 3 if a file cannot be
/// read.
#[derive(clap::Args)]
pub struct Args {
    /// A directory with packages at any depth, a `.wit` file, or an encoded package.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// A file or directory with dependencies that are not checked, such as WASI.
    #[arg(long = "dep", value_name = "PATH")]
    deps: Vec<PathBuf>,
    /// Write the report to the standard output as JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let tree = match Tree::read_with(&args.paths, &args.deps) {
        Ok(tree) => tree,
        Err(e) if args.json => {
            let report = Report {
                problems: e
                    .clone()
                    .diagnostics()
                    .into_iter()
                    .map(|d| Problem::new(Kind::Unreadable, d))
                    .collect(),
                ..Report::default()
            };
            write_output(Path::new("-"), json::text(&report).as_bytes(), false)?;
            return Err(e.already_reported());
        }
        Err(e) => return Err(e),
    };
    let report = Analysis::of(&tree).report();
    if args.json {
        write_output(Path::new("-"), json::text(&report).as_bytes(), false)?;
    }
    let is_error = |p: &Problem| p.diagnostic.severity() == Severity::Error;
    let failed = report.problems.iter().any(is_error);
    let all = report.problems.into_iter().map(|p| p.diagnostic).collect();
    match Failure::from_all(all) {
        Some(all) if failed && args.json => return Err(all.already_reported()),
        Some(all) if failed => return Err(all),
        Some(warnings) if !args.json => print_diagnostics(&warnings),
        _ => {}
    }
    if args.json {
        return Ok(());
    }
    let line = format!(
        "ok: {}, {}, {}\n",
        count(report.packages.len(), "package"),
        count(report.interfaces, "interface"),
        count(report.worlds, "world")
    );
    write_output(Path::new("-"), line.as_bytes(), false)
}
