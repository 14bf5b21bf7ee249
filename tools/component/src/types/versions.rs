//! What to do about interfaces in versions that are not compatible.

use super::differences::{unversioned, version};
use wac_graph::types::are_semver_compatible;

/// Interfaces of WASI 0.2, and their successors in WASI 0.3 with other names.
const RENAMED: &[(&str, &str)] = &[
    ("wasi:http/incoming-handler", "wasi:http/handler"),
    ("wasi:http/outgoing-handler", "wasi:http/client"),
];

/// The hint for an export that is a required item in a version that is not compatible. `exporter`
/// stands for the component that has it.
pub fn other_version(export: &str, required: &str, exporter: &str) -> Option<String> {
    let (given, wanted) = (unversioned(export), unversioned(required));
    let pair = |(old, new): &(&str, &str)| {
        (*old, *new) == (given, wanted) || (*new, *old) == (given, wanted)
    };
    if !(given == wanted || RENAMED.iter().any(pair)) || are_semver_compatible(export, required) {
        return None;
    }
    let (ours, theirs) = (release(export), release(required));
    Some(if given.starts_with("wasi:") && ours != theirs {
        format!("`{export}` is WASI {ours}, `{required}` is WASI {theirs}, and nothing adapts one to the other: use the same version of WASI on both sides")
    } else {
        format!(
            "`{export}` is not compatible with `{required}`: build {exporter} against that version"
        )
    })
}

/// The first hint for exports and required items.
pub fn any_other_version<'a>(
    exports: impl Iterator<Item = &'a str> + Clone,
    mut required: impl Iterator<Item = &'a str>,
    exporter: &str,
) -> Option<String> {
    required.find_map(|required| {
        let mut exports = exports.clone();
        exports.find_map(|export| other_version(export, required, exporter))
    })
}

/// `0.2` of `ns:package/item@0.2.1`.
fn release(name: &str) -> String {
    let numbers = version(name).into_iter().take(2);
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    numbers.join(".")
}
