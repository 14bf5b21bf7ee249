//! `wit buildfiles`: writes BUILD files with a `wit_library` for each package of a tree.

mod bazel_package;
mod elsewhere;
#[cfg(test)]
mod fuzz;
mod labels;
mod lists;
mod plan;
mod starlark;
mod wasi;
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
/// Adds each package to the BUILD file of its directory or of the nearest directory above it, up to
/// PATH; if there is none, writes one in its directory. A new target has the name of the directory;
/// its `srcs` are the files, and its `deps` the packages that the WIT uses. If a package exists in
/// several versions, the manifests select one. WASI packages that are not in the tree come from the
/// rules, which have one version of each; any other version must be in the tree.
///
/// In existing BUILD files, only `srcs` and `deps` of `wit_library` targets are updated, if they are
/// plain lists. A comment `# keep` keeps a target, an attribute or an element as it is.
///
/// Exits with 0 if everything is up to date, 1 if a package is missing, if no label can name a file or,
/// with --check, if something would change, 2 for a usage error, 3 if a file cannot be read or written.
#[derive(clap::Args)]
pub struct Args {
    /// A directory with packages, at any depth.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The root of the workspace [default: the nearest directory above PATH with a `MODULE.bazel`,
    /// `REPO.bazel`, `WORKSPACE.bazel` or `WORKSPACE`].
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Print a diff of the changes instead of writing files; exit with 1 if there are any.
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
    } = plan::plan(&tree, &args.paths, args.root.as_deref())?;
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
