//! The output of the program.

use std::io::Write;
use std::time::{Duration, UNIX_EPOCH};

use bindings::exports::airssys::core_component::component_lifecycle::{
    ComponentError, Entry, ExecutionError,
};

/// The numbers of packages and of components of the application, as in the build graph.
const PACKAGES: usize = 7;
const COMPONENTS: usize = 3;

/// Returns whether an entry is a read error. Denied files and links that are not followed are none.
pub fn is_failure(entry: &Entry) -> bool {
    matches!(
        entry.outcome,
        Err(ComponentError::NotFound(_) | ComponentError::Io(_))
    )
}

/// Prints a line for each file, then a summary. Returns whether all permitted files were read and printed.
pub fn print(entries: &Result<Vec<Entry>, ExecutionError>) -> bool {
    let mut out = std::io::stdout().lock();
    match entries {
        Err(error) => {
            eprintln!("error: {}", execution_error(error));
            summary(&mut out, false, 0, 0).is_ok() && false
        }
        Ok(entries) => {
            let denied = entries
                .iter()
                .filter(|entry| matches!(entry.outcome, Err(ComponentError::Denied(_))))
                .count();
            let files = entries.iter().filter(|entry| entry.outcome.is_ok()).count();
            let ok = !entries.iter().any(is_failure);
            let printed = entries
                .iter()
                .try_for_each(|entry| line(&mut out, entry))
                .and_then(|()| summary(&mut out, ok, files, denied));
            ok && printed.is_ok()
        }
    }
}

fn line(out: &mut impl Write, entry: &Entry) -> std::io::Result<()> {
    match &entry.outcome {
        Ok(digest) => {
            let modified = digest.modified.map_or_else(
                || "-".to_string(),
                |at| {
                    let time = UNIX_EPOCH + Duration::new(at.seconds, at.nanoseconds);
                    humantime::format_rfc3339_seconds(time).to_string()
                },
            );
            write!(out, "{}  {:>10}  {modified}  ", entry.path, digest.size)?;
            digest
                .sha256
                .iter()
                .try_for_each(|byte| write!(out, "{byte:02x}"))?;
            writeln!(out)
        }
        Err(error) => writeln!(out, "{}  {}", entry.path, component_error(error)),
    }
}

fn summary(out: &mut impl Write, ok: bool, files: usize, denied: usize) -> std::io::Result<()> {
    let verdict = if ok { "ok" } else { "failed" };
    writeln!(
        out,
        "airssys demo: {verdict} ({PACKAGES} packages, {COMPONENTS} components, {files} files, {denied} denied)"
    )?;
    out.flush()
}

fn execution_error(error: &ExecutionError) -> String {
    match error {
        ExecutionError::NotRunning => "the component is not running".to_string(),
        ExecutionError::Component(error) => component_error(error),
    }
}

fn component_error(error: &ComponentError) -> String {
    match error {
        ComponentError::Denied(by) => format!("denied: {by}"),
        ComponentError::NotFound(what) => format!("not found: {what}"),
        ComponentError::Io(how) => format!("failed: {how}"),
        ComponentError::InvalidInput(why) => format!("skipped: {why}"),
    }
}
