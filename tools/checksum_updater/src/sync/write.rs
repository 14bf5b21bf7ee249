//! `sync`: writes everything that is not up to date.

use crate::sync::generated::{data, files_with_literals, templates, Generated};
use crate::sync::{literals, locks, tree};
use crate::tool_versions::{self, Versions};
use rules_wit_common::{read_text, write_source_file, write_stdout, Limit, Result};
use std::path::Path;

/// Writes the files of the workspace `root` that are not up to date, and prints their names.
///
/// Returns the number of steps that wrote something. Errors: malformed sources, files that cannot be
/// written, and failures of the programs that write lock files and the data of crates.
pub fn write(root: &Path) -> Result<usize> {
    let versions = Versions::read(root)?;
    let files = tree::files(root)?;
    let mut generated = templates(root, &files, &versions)?;
    for file in files_with_literals(&files) {
        let text = read_text(&root.join(file), Limit::SOURCE)?;
        let found = literals::find(file, &text, &versions)?;
        generated.push(Generated {
            path: file.to_owned(),
            text: literals::replace(&text, &found),
            current: Some(text),
            source: tool_versions::PATH.to_owned(),
        });
    }
    let mut written = write_changed(root, &generated)?;
    // After the literals, as the registry has one too.
    written += write_changed(root, data(root, &files)?.as_slice())?;
    for workspace in locks::workspaces(&files) {
        if locks::behind(root, workspace)?.is_some() {
            locks::complete(root, workspace)?;
            write_stdout(&format!("wrote {workspace}/Cargo.lock\n"))?;
            written += 1;
        }
    }
    if !locks::crates_are_current(root) {
        eprintln!("writing the data of the crates, which takes some minutes");
        locks::write_crates(root)?;
        written += 1;
    }
    Ok(written)
}

/// Writes the files that are not up to date, and returns their number.
fn write_changed(root: &Path, generated: &[Generated]) -> Result<usize> {
    let mut written = 0;
    for file in generated {
        if file.current.as_deref() != Some(&file.text) {
            write_source_file(&root.join(&file.path), file.text.as_bytes())?;
            write_stdout(&format!("wrote {}\n", file.path))?;
            written += 1;
        }
    }
    Ok(written)
}
