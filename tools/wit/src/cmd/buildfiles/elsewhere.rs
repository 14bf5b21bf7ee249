//! Packages whose sources are not in the directories that were given: encoded ones, and those that a
//! link leads to.

use super::bazel_package::workspace;
use crate::tree::Tree;
use rules_wit_common::Diagnostic;
use std::path::Path;

/// Whether such a unit can have a target. `Err` has the reason, or nothing if the target of another
/// unit stands for it. `root` is the root of the workspace, if it was given.
pub(super) fn check(
    tree: &Tree,
    unit: usize,
    root: Option<&Path>,
) -> std::result::Result<(), Option<Box<Diagnostic>>> {
    let name = tree.units[unit].name.as_ref();
    let shown = name.map(ToString::to_string).unwrap_or_default();
    let d = if tree.is_decoded(unit) {
        // The dependencies in an encoded package come with it.
        if tree.level(unit) > 1 {
            return Err(None);
        }
        Diagnostic::new(format!(
            "package `{shown}` is encoded, so it cannot have a target"
        ))
        .hint("replace it by its WIT: `wit closure FILE.wasm -o FILE.wit`")
    } else {
        let dir = &tree.units[unit].dir;
        let mut roots = tree
            .roots
            .iter()
            .filter_map(|dir| workspace(dir, root).ok());
        if roots.any(|root| dir.starts_with(root)) {
            return Ok(());
        }
        Diagnostic::new(format!(
            "package `{shown}` is outside of the Bazel workspace"
        ))
        .hint("replace the link by the directory that it leads to")
    };
    let site = name.and_then(|name| tree.declared(unit, name));
    Err(Some(Box::new(match site {
        Some(site) => d.site(site),
        None => d,
    })))
}
