//! `update` and `update-all`: versions that the registry does not have yet.

use crate::collect::{collect, has_list, newest};
use crate::registry::{self, Tool};
use crate::source::Sources;
use crate::version;
use rules_wit_common::{exit, write_output, write_source_file, Diagnostic, Failure, Result};
use similar::TextDiff;
use std::path::Path;

/// Adds a version of a tool: downloads and hashes its release archives and packages.
///
/// A version that is there already is downloaded again and completed. Prints what changes as a diff.
#[derive(clap::Args)]
pub struct Args {
    /// The tool, a file in checksums/tools.
    tool: String,
    /// The version; without it, the newest.
    version: Option<String>,
    /// Replaces hashes that are there already.
    #[arg(long)]
    allow_changed: bool,
    /// Changes no file.
    #[arg(long)]
    dry_run: bool,
}

/// Adds the newest version of every tool.
#[derive(clap::Args)]
pub struct AllArgs {
    /// Changes no file.
    #[arg(long)]
    dry_run: bool,
}

/// What became of a tool.
enum Outcome {
    Changed,
    Current,
}

/// Runs `update`.
pub fn run(root: &Path, args: &Args) -> Result<()> {
    let Some(tool) = registry::read(root, Some(&args.tool))?.pop() else {
        return Ok(());
    };
    let sources = Sources::new();
    let (version, problems) = update(&tool, args, &sources)?;
    match version {
        (version, Outcome::Changed) if !args.dry_run => {
            eprintln!("{} has {} {version}", tool.shown, args.tool)
        }
        (version, Outcome::Changed) => {
            eprintln!("{} would have {} {version}", tool.shown, args.tool)
        }
        (version, Outcome::Current) => {
            eprintln!("{} has {} {version} already", tool.shown, args.tool)
        }
    }
    fail(problems)
}

/// Runs `update-all`.
pub fn run_all(root: &Path, args: &AllArgs) -> Result<()> {
    let sources = Sources::new();
    let mut problems = Vec::new();
    let mut summary = Vec::new();
    for path in registry::paths(root)? {
        let tool = match Tool::read(root, &path) {
            Ok(tool) => tool,
            Err(failure) => {
                eprint!("{}", failure.render(false));
                summary.push(format!(
                    "{}: failed",
                    path.file_stem().unwrap_or_default().to_string_lossy()
                ));
                problems.push(failure.exit_code());
                continue;
            }
        };
        let name = tool.file.tool_name.clone();
        if !has_list(&tool) {
            let latest = &tool.file.latest_version;
            summary.push(format!(
                "{name}: {latest}; its host has no list of versions, so name one to `update`"
            ));
            continue;
        }
        let each = Args {
            tool: name.clone(),
            version: None,
            allow_changed: false,
            dry_run: args.dry_run,
        };
        let (line, found) = match update(&tool, &each, &sources) {
            Ok(((version, Outcome::Changed), found)) => {
                (format!("{name}: {version} is new"), found)
            }
            Ok(((version, Outcome::Current), found)) => {
                (format!("{name}: {version} is the newest"), found)
            }
            Err(failure) => {
                eprint!("{}", failure.render(false));
                problems.push(failure.exit_code());
                (format!("{name}: failed"), Vec::new())
            }
        };
        let incomplete = if found.is_empty() { "" } else { ", incomplete" };
        summary.push(format!("{line}{incomplete}"));
        if let Some(failure) = Failure::from_all(found) {
            eprint!("{}", failure.render(false));
            problems.push(failure.exit_code());
        }
    }
    eprintln!("\n{}", summary.join("\n"));
    // What is wrong weighs more than what cannot be reached.
    let code = problems.iter().copied().min();
    match code {
        None => Ok(()),
        Some(code) => {
            let title = format!(
                "{} of {} tools are not complete",
                problems.len(),
                summary.len()
            );
            Err(Diagnostic::new(title)
                .hint("the errors are above, by tool")
                .code(code)
                .into())
        }
    }
}

type Updated = ((String, Outcome), Vec<Diagnostic>);

/// Brings one version of a tool up to date, on disk too unless it is a dry run.
fn update(tool: &Tool, args: &Args, sources: &Sources) -> Result<Updated> {
    let version = match &args.version {
        Some(version)
            if version::parse(version).is_none() && !tool.file.versions.contains_key(version) =>
        {
            return Err(Diagnostic::usage(format!("`{version}` is no version"))
                .hint("write it without a `v` and without a range, such as 1.2.3")
                .into())
        }
        Some(version) => version.clone(),
        None => newest(tool, sources).map_err(|e| failure(e, &tool.file.tool_name))?,
    };
    let collected = collect(tool, &version, sources, args.allow_changed);
    let Some(entry) = collected.entry else {
        return Err(failure(collected.problems, &tool.file.tool_name));
    };
    for change in &collected.replaced {
        eprintln!("CHANGED HASH {change}");
    }
    let new = tool.with_version(&version, entry)?;
    let text = new.render();
    if text == tool.text {
        return Ok(((version, Outcome::Current), collected.problems));
    }
    let diff = TextDiff::from_lines(tool.text.as_str(), text.as_str());
    let names = (format!("a/{}", tool.shown), format!("b/{}", tool.shown));
    let diff = diff.unified_diff().header(&names.0, &names.1).to_string();
    write_output(Path::new("-"), diff.as_bytes(), false)?;
    if !args.dry_run {
        write_source_file(&tool.path, text.as_bytes())?;
    }
    Ok(((version, Outcome::Changed), collected.problems))
}

/// The exit code is that of the worst: something wrong rather than something out of reach.
fn fail(mut problems: Vec<Diagnostic>) -> Result<()> {
    problems.sort_by_key(|p| Failure::from(p.clone()).exit_code() != exit::INPUT);
    Failure::from_all(problems).map_or(Ok(()), Err)
}

fn failure(problems: Vec<Diagnostic>, tool: &str) -> Failure {
    fail(problems)
        .err()
        .unwrap_or_else(|| Diagnostic::new(format!("nothing was found of {tool}")).into())
}
