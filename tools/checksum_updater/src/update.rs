//! Brings one version of a tool up to date.

use crate::collect::{collect, newest};
use crate::problems::fail;
use crate::registry::Tool;
use crate::source::Sources;
use crate::version;
use rules_wit_common::{write_source_file, write_stdout, Diagnostic, Failure, Result};
use similar::TextDiff;

/// What to update, and how.
pub struct Request<'a> {
    /// The version; the newest if there is none.
    pub version: Option<&'a str>,
    /// Whether hashes that the entry already has may be replaced.
    pub allow_changed: bool,
    /// Whether the file stays as it is.
    pub dry_run: bool,
}

/// The result of an update.
pub struct Updated {
    /// The version.
    pub version: String,
    /// Whether the file changed.
    pub outcome: Outcome,
    /// The archives and packages that could not be added, and why.
    pub problems: Vec<Diagnostic>,
}

/// Whether an update changed the file of a tool.
pub enum Outcome {
    /// It has changed, or would without `--dry-run`.
    Changed,
    /// It was up to date.
    Current,
}

/// Downloads and hashes one version of a tool, prints the change of its file as a diff, and writes
/// the file unless it is a dry run.
pub fn update(tool: &Tool, request: &Request, sources: &Sources) -> Result<Updated> {
    let version = match request.version {
        Some(version)
            if version::parse(version).is_none() && !tool.file.versions.contains_key(version) =>
        {
            return Err(Diagnostic::usage(format!("invalid version `{version}`"))
                .hint("write it without a `v` and without a range, for example 1.2.3")
                .into())
        }
        Some(version) => version.to_owned(),
        None => newest(tool, sources).map_err(|e| failure(e, &tool.file.tool_name))?,
    };
    let collected = collect(tool, &version, sources, request.allow_changed);
    let Some(entry) = collected.entry else {
        return Err(failure(collected.problems, &tool.file.tool_name));
    };
    for change in &collected.replaced {
        eprintln!("CHANGED HASH {change}");
    }
    let new = tool.with_version(&version, entry)?;
    let text = new.render();
    let updated = |outcome| Updated {
        version,
        outcome,
        problems: collected.problems,
    };
    if text == tool.text {
        return Ok(updated(Outcome::Current));
    }
    let diff = TextDiff::from_lines(tool.text.as_str(), text.as_str());
    let names = (format!("a/{}", tool.shown), format!("b/{}", tool.shown));
    write_stdout(&diff.unified_diff().header(&names.0, &names.1).to_string())?;
    if !request.dry_run {
        write_source_file(&tool.path, text.as_bytes())?;
    }
    Ok(updated(Outcome::Changed))
}

fn failure(problems: Vec<Diagnostic>, tool: &str) -> Failure {
    fail(problems)
        .err()
        .unwrap_or_else(|| Diagnostic::new(format!("no files found for {tool}")).into())
}
