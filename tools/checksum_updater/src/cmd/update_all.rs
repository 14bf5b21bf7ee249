//! `checksum_updater update-all`: adds the newest version of every tool.

use crate::collect::has_list;
use crate::registry::{self, Tool};
use crate::source::Sources;
use crate::update::{update, Outcome, Request};
use rules_wit_common::{print_diagnostics, Diagnostic, Failure, Result};
use std::path::Path;

/// Adds the newest version of every tool.
#[derive(clap::Args)]
pub struct Args {
    /// Write no file.
    #[arg(long)]
    dry_run: bool,
}

/// Runs `update-all` in the workspace `root`. A tool that fails does not stop the others.
pub fn run(root: &Path, args: &Args) -> Result<()> {
    let sources = Sources::new();
    let mut summary = Vec::new();
    let mut exit_codes = Vec::new();
    let mut report = |failure: Failure| {
        print_diagnostics(&failure);
        exit_codes.push(failure.exit_code());
    };
    for path in registry::paths(root)? {
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        match Tool::read(root, &path) {
            Ok(tool) => summary.push(update_one(&tool, args, &sources, &mut report)),
            Err(failure) => {
                report(failure);
                summary.push(format!("{name}: failed"));
            }
        }
    }
    eprintln!("\n{}", summary.join("\n"));
    // The lowest code: errors of the input come before errors of the network.
    let Some(code) = exit_codes.iter().copied().min() else {
        return Ok(());
    };
    let title = format!(
        "{} of {} tools are not complete",
        exit_codes.len(),
        summary.len()
    );
    Err(Diagnostic::new(title)
        .hint("see the errors above")
        .code(code)
        .into())
}

/// Updates a tool and returns its line of the summary.
fn update_one(
    tool: &Tool,
    args: &Args,
    sources: &Sources,
    report: &mut impl FnMut(Failure),
) -> String {
    let name = &tool.file.tool_name;
    let mut versions = tool.file.versions.values();
    if versions.all(|v| v.platforms.is_empty() && v.packages.is_empty()) {
        let latest = &tool.file.latest_version;
        return format!("{name}: {latest}; the registry has none of its archives");
    }
    if !has_list(tool) {
        let latest = &tool.file.latest_version;
        return format!("{name}: {latest}; its host does not list versions; pass one to `update`");
    }
    let request = Request {
        version: None,
        allow_changed: false,
        dry_run: args.dry_run,
    };
    let updated = match update(tool, &request, sources) {
        Ok(updated) => updated,
        Err(failure) => {
            report(failure);
            return format!("{name}: failed");
        }
    };
    let version = &updated.version;
    let line = match updated.outcome {
        Outcome::Changed => format!("{name}: {version} is new"),
        Outcome::Current => format!("{name}: {version} is the newest"),
    };
    match Failure::from_all(updated.problems) {
        Some(failure) => {
            report(failure);
            format!("{line}, incomplete")
        }
        None => line,
    }
}
