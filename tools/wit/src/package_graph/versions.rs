//! Required versions, and packages with another one.

use super::graph::Graph;
use crate::problem::{Kind, Problem};
use rules_wit_common::{Diagnostic, Site};
use wit_parser::PackageName;

/// Whether one of the packages has the required version, or one that meets the requirement. `None` if
/// `version` is neither a version nor a requirement.
///
/// A full version such as `1.2.3` is that version alone, or with `is_requirement` one that it is
/// compatible with, as in Cargo.
pub(super) fn fits(version: &str, is_requirement: bool, names: &[&PackageName]) -> Option<bool> {
    if let (false, Ok(exact)) = (is_requirement, semver::Version::parse(version)) {
        return Some(names.is_empty() || names.iter().any(|n| n.version.as_ref() == Some(&exact)));
    }
    let requirement = semver::VersionReq::parse(version).ok()?;
    let fits = |n: &&PackageName| n.version.as_ref().is_some_and(|v| requirement.matches(v));
    Some(names.is_empty() || names.iter().any(fits))
}

/// The problem of a package with another version than required.
///
/// `local` is the name of the dependency, `found` the package, `wanted` the required version, and
/// `site` where it is required.
pub(super) fn mismatch(
    graph: &Graph<'_>,
    local: &str,
    found: &PackageName,
    wanted: Option<&str>,
    site: Site,
    hint: &str,
) -> Problem {
    let has = match &found.version {
        Some(v) => format!("version {v}"),
        None => "no version".to_owned(),
    };
    let wants = match wanted {
        Some(v) => format!("{v} required"),
        None => "required without one".to_owned(),
    };
    let title = format!("package '{local}' found with {has} but {wants}");
    let mut d = Diagnostic::new(title).site(site);
    if let Some(site) = graph.header(found) {
        d = d.site(site.label(format!("`{found}` is declared here")));
    }
    Problem::new(Kind::VersionMismatch, d.hint(hint))
}
