//! `wit breaking`: reports what a change of WIT packages breaks, for guests and for hosts.

mod compare;
mod comparison;
mod finding;
#[cfg(test)]
mod fuzz;
mod gates;
mod interfaces;
mod items;
mod locate;
#[cfg(test)]
mod oracle;
mod report;
mod rules;
mod sides;
mod type_text;
mod version;
mod worlds;

use crate::packages::Packages;
use locate::Locations;
use rules_wit_common::{print_diagnostics, write_output, Diagnostic, Failure, Result, Severity};
use std::path::{Path, PathBuf};
use wit_source::Features;

/// Compares two versions of WIT packages, and reports changes that break guests or hosts.
///
/// OLD and NEW are each a `.wit` file, a directory with packages at any depth, or a package that is
/// encoded as WebAssembly. Packages are compared by name, regardless of their versions. A change that
/// breaks guests or hosts that were built for OLD is an error. Also lists additions, deprecations, and
/// the version that each package requires. Each finding ends with the name of its rule.
///
/// Exits with 0 if nothing breaks, 1 if something does, 2 for a usage error, 3 if a file cannot be
/// read.
#[derive(clap::Args)]
pub struct Args {
    /// OLD and NEW.
    #[arg(value_name = "OLD NEW")]
    paths: Vec<PathBuf>,
    /// A further file or directory of OLD.
    #[arg(long = "old", value_name = "PATH")]
    old: Vec<PathBuf>,
    /// A further file or directory of NEW.
    #[arg(long = "new", value_name = "PATH")]
    new: Vec<PathBuf>,
    /// A file or directory with dependencies of both, which are not compared.
    #[arg(long = "dep", value_name = "PATH")]
    deps: Vec<PathBuf>,
    /// The locations of the items of OLD, as `wit resolve` writes them, if OLD is in normal form.
    #[arg(long, value_name = "FILE")]
    old_spans: Vec<PathBuf>,
    /// The locations of the items of NEW, as `wit resolve` writes them, if NEW is in normal form.
    #[arg(long, value_name = "FILE")]
    new_spans: Vec<PathBuf>,
    /// Compare `@unstable` items too.
    #[arg(long)]
    unstable: bool,
    /// Also fail if hosts have to provide more items to run guests that are built for NEW.
    #[arg(long)]
    strict: bool,
    /// Allow breaking changes if the version of NEW permits them.
    #[arg(long)]
    semver: bool,
    /// Write the findings to the standard output as JSON.
    #[arg(long)]
    json: bool,
    /// The label of the Bazel target, for errors.
    #[arg(long)]
    label: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    compare(args).map_err(|e| e.target(args.label.as_deref()))
}

fn compare(args: &Args) -> Result<()> {
    let (mut old, mut new) = (args.old.clone(), args.new.clone());
    match args.paths.as_slice() {
        [] => {}
        [from, to] => {
            old.insert(0, from.clone());
            new.insert(0, to.clone());
        }
        _ => {
            return Err(Diagnostic::usage("expected one path each for OLD and NEW")
                .hint("pass further paths with `--old` and `--new`")
                .into());
        }
    }
    if old.is_empty() || new.is_empty() {
        return Err(Diagnostic::usage("nothing to compare")
            .hint("pass OLD and NEW: `wit breaking OLD NEW`")
            .into());
    }
    let features = match args.unstable {
        true => Features::All,
        false => Features::Only(Vec::new()),
    };
    let read = |paths: &[PathBuf]| Packages::read(paths, &args.deps, &features);
    let (from, to) = (read(&old)?, read(&new)?);
    let mut comparison = compare::compare(&from, &to);
    if !args.unstable && !comparison.findings.is_empty() {
        let all = |paths: &[PathBuf]| Packages::read(paths, &args.deps, &Features::All).ok();
        gates::explain(&mut comparison, all(&old).as_ref(), all(&new).as_ref());
    }
    let (old_sources, new_sources) = (
        Locations::read(&args.old_spans)?,
        Locations::read(&args.new_spans)?,
    );
    for finding in &mut comparison.findings {
        if finding.old.is_some() {
            finding.old = old_sources.site(finding).or(finding.old.take());
        }
        if finding.new.is_some() {
            finding.new = new_sources.site(finding).or(finding.new.take());
        }
    }
    let report = report::Report::new(comparison, args.strict, args.semver);
    if args.json {
        write_output(Path::new("-"), report.json().as_bytes(), false)?;
    } else {
        write_output(Path::new("-"), report.summary().as_bytes(), false)?;
    }
    let all = report.diagnostics();
    let failed = all.iter().any(|d| d.severity() == Severity::Error);
    match Failure::from_all(all) {
        Some(all) if failed && args.json => Err(all.already_reported()),
        Some(all) if failed => Err(all),
        Some(warnings) if !args.json => {
            print_diagnostics(&warnings);
            Ok(())
        }
        _ => Ok(()),
    }
}
