//! Explains added and removed items that have only passed a feature gate.

use super::comparison::Comparison;
use super::rules::Change;
use crate::packages::Packages;
use crate::wording::unversioned;
use std::collections::HashMap;
use wit_parser::{Stability, WorldItem, WorldKey};

/// Adds notes to the findings. `old` and `new` are the sides with all features.
pub(super) fn explain(
    comparison: &mut Comparison<'_>,
    old: Option<&Packages>,
    new: Option<&Packages>,
) {
    let (old, new) = (gates(old), gates(new));
    for finding in &mut comparison.findings {
        let (side, was) = match finding.rule.change() {
            Change::Removed => (&new, "it is now"),
            Change::Added => (&old, "it was"),
            _ => continue,
        };
        if let Some(feature) = side.get(&finding.item) {
            let note = format!("{was} behind `@unstable(feature = {feature})`");
            finding.notes.push(note);
        }
    }
}

/// The features of items, by the paths in findings.
fn gates(side: Option<&Packages>) -> HashMap<String, String> {
    let mut out = HashMap::new();
    let Some(side) = side else {
        return out;
    };
    let resolve = &side.resolve;
    let mut add = |path: String, stability: &Stability| {
        if let Stability::Unstable { feature, .. } = stability {
            out.insert(path, feature.clone());
        }
    };
    for id in &side.own {
        let package = &resolve.packages[*id];
        let name = unversioned(&package.name);
        for (item, id) in &package.interfaces {
            let path = format!("{name}/{item}");
            let interface = &resolve.interfaces[*id];
            add(path.clone(), &interface.stability);
            for (function, f) in &interface.functions {
                add(format!("{path}#{function}"), &f.stability);
            }
            for (ty, id) in &interface.types {
                add(format!("{path}#{ty}"), &resolve.types[*id].stability);
            }
        }
        for (item, id) in &package.worlds {
            let path = format!("{name}/{item}");
            let world = &resolve.worlds[*id];
            add(path.clone(), &world.stability);
            for (key, item) in world.imports.iter().chain(&world.exports) {
                let name = match (key, item) {
                    (WorldKey::Name(name), _) => name.clone(),
                    (WorldKey::Interface(id), WorldItem::Interface { .. }) => {
                        let interface = &resolve.interfaces[*id];
                        let package = interface
                            .package
                            .map(|p| unversioned(&resolve.packages[p].name));
                        let name = interface.name.as_deref().unwrap_or_default();
                        format!("{}/{name}", package.unwrap_or_default())
                    }
                    _ => continue,
                };
                add(format!("{path}#{name}"), item.stability(resolve));
            }
        }
    }
    out
}
