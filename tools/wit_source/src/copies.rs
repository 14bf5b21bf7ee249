//! Dependencies that were given more than once.

use crate::normal_form::meaning;
use std::collections::{HashMap, HashSet};
use wit_parser::{PackageName, UnresolvedPackage, UnresolvedPackageGroup};

/// Removes dependencies whose packages earlier ones have with the same meaning. Copies that differ stay:
/// resolving reports them.
pub(crate) fn remove(deps: &mut Vec<UnresolvedPackageGroup>) {
    let mut names = HashSet::new();
    let all = deps.iter().flat_map(packages);
    let repeated = all.filter(|p| !names.insert(&p.name));
    let repeated: HashSet<PackageName> = repeated.map(|p| p.name.clone()).collect();
    let mut meanings: HashMap<PackageName, String> = HashMap::new();
    deps.retain(|group| {
        let mut is_copy = true;
        for package in packages(group) {
            if !repeated.contains(&package.name) {
                is_copy = false;
                continue;
            }
            // What cannot be printed has no copies.
            let Ok(meaning) = meaning(package) else {
                return true;
            };
            let earlier = meanings.entry(package.name.clone()).or_default();
            is_copy &= *earlier == meaning;
            *earlier = meaning;
        }
        !is_copy
    });
}

fn packages(group: &UnresolvedPackageGroup) -> impl Iterator<Item = &UnresolvedPackage> {
    std::iter::once(&group.main).chain(&group.nested)
}
