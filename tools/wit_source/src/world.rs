//! Selects a world by name.

use crate::load::Loaded;
use rules_wit_common::{Diagnostic, Result};
use wit_parser::WorldId;

/// Returns the world `name`: `world`, or `ns:package/world@version`.
///
/// The error lists the known worlds, and names the target `label`.
pub fn select_world(loaded: &Loaded, label: Option<&str>, name: &str) -> Result<WorldId> {
    let resolve = &loaded.resolve;
    // Look the name up first: the library requires `%` before a name that is a keyword.
    if let Some(world) = resolve.packages[loaded.main].worlds.get(name) {
        return Ok(*world);
    }
    if let Ok(world) = resolve.select_world(&[loaded.main], Some(name)) {
        return Ok(world);
    }
    let package = &resolve.packages[loaded.main];
    let title = if name.contains('/') {
        format!("world `{name}` not found")
    } else {
        format!("world `{name}` is not in package `{}`", package.name)
    };
    let mut own = Vec::new();
    let mut others = Vec::new();
    for (_, world) in resolve.worlds.iter() {
        match world.package {
            Some(id) if id == loaded.main => own.push(format!("\n  {}", world.name)),
            Some(id) => others.push(format!("\n  {}", resolve.id_of_name(id, &world.name))),
            None => {}
        }
    }
    own.sort();
    others.sort();
    let mut d = Diagnostic::new(title).target(label);
    if own.is_empty() {
        d = d.note(format!("package `{}` has no world", package.name));
    } else {
        d = d.note(format!("worlds of `{}`:{}", package.name, own.concat()));
    }
    if !others.is_empty() {
        d = d.note(format!("worlds of other packages:{}", others.concat()));
    }
    Err(d
        .hint("name one of these worlds with `--world`, or add the world to the package")
        .rule_hint("name one of these worlds in `world`, or add the world to the package")
        .into())
}
