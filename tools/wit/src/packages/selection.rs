//! Selects one of several packages.

use super::load::Packages;
use crate::wording::unversioned;
use rules_wit_common::{Diagnostic, Result};
use std::collections::BTreeSet;
use wit_parser::PackageId;

/// Returns the package `wanted`, `ns:name` or `ns:name@version`, or the only one that no other
/// package uses. Fails if there is none or more than one.
pub(super) fn select(packages: &Packages, wanted: Option<&str>) -> Result<PackageId> {
    let resolve = &packages.resolve;
    let candidates: Vec<PackageId> = match wanted {
        Some(wanted) => {
            let is_wanted = |id: &PackageId| {
                let name = &resolve.packages[*id].name;
                name.to_string() == wanted || unversioned(name) == wanted
            };
            let all = resolve.packages.iter().map(|(id, _)| id);
            all.filter(is_wanted).collect()
        }
        None => {
            let used: BTreeSet<usize> = (packages.own.iter())
                .flat_map(|id| resolve.package_direct_deps(*id))
                .map(|id| id.index())
                .collect();
            let own = packages.own.iter().copied();
            own.filter(|id| !used.contains(&id.index())).collect()
        }
    };
    if let [one] = candidates.as_slice() {
        return Ok(*one);
    }
    let list = |ids: &mut dyn Iterator<Item = PackageId>| {
        let mut names: Vec<String> = ids
            .map(|id| format!("\n  {}", resolve.packages[id].name))
            .collect();
        names.sort();
        names.concat()
    };
    let (title, shown) = match wanted {
        Some(wanted) if candidates.is_empty() => (
            format!("package `{wanted}` not found"),
            list(&mut packages.own.iter().copied()),
        ),
        Some(wanted) => (
            format!("ambiguous package `{wanted}`"),
            list(&mut candidates.iter().copied()),
        ),
        None => (
            "ambiguous package".to_owned(),
            list(&mut candidates.iter().copied()),
        ),
    };
    Err(Diagnostic::new(title)
        .note(format!("packages:{shown}"))
        .hint("select one with `--package`")
        .into())
}
