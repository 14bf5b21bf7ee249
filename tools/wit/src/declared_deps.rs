//! Compares the declared dependencies of a package with those that its sources use.

use rules_wit_common::{Diagnostic, Failure, Result, Site};
use std::collections::{BTreeMap, HashSet};
use wit_parser::{AstItem, PackageName, UnresolvedPackage, UnresolvedPackageGroup};
use wit_source::Parsed;

/// Checks the name of the package against `wanted`, the one that its target declares.
pub fn check_name(label: Option<&str>, parsed: &Parsed, wanted: &str) -> Result<()> {
    let name = parsed.group.main.name.to_string();
    if name == wanted {
        return Ok(());
    }
    let mut d = Diagnostic::new(format!(
        "the sources define package `{name}`, not `{wanted}`"
    ));
    d = d.target(label);
    if let Some(site) = parsed.sources.header() {
        d = d.site(site);
    }
    Err(d
        .hint(format!("set `package = \"{name}\"`, or correct the header"))
        .into())
}

/// Compares the used packages with the declared dependencies: the first `direct` ones.
///
/// Fails if the sources use one of the others, an indirect dependency. Returns a warning for each
/// unused declared one.
pub fn check(label: Option<&str>, parsed: &Parsed, direct: usize) -> Result<Option<Failure>> {
    let mut used: BTreeMap<&PackageName, Option<Site>> = BTreeMap::new();
    for package in packages(&parsed.group) {
        for (name, items) in &package.foreign_deps {
            let site = used.entry(name).or_default();
            if site.is_none() {
                *site = items
                    .values()
                    .find_map(|(item, _)| first_use(parsed, package, item));
            }
        }
    }
    let direct = direct.min(parsed.deps.len());
    let (direct, indirect) = parsed.deps.split_at(direct);
    let given: HashSet<&PackageName> = names(direct).collect();
    let missing = names(indirect).filter(|name| !given.contains(name) && used.contains_key(name));
    let missing: Vec<Diagnostic> = missing
        .map(|name| {
            let provider = parsed.sources.provider(&name.to_string());
            let mut d = Diagnostic::new(format!("package `{name}` is used but not in `deps`"));
            d = d.target(label);
            if let Some(Some(site)) = used.get(name) {
                d = d.site(site.clone());
            }
            match provider {
                Some(provider) => d.hint(format!("add `{provider}` to `deps`")),
                None => d.hint("add its wit_library to `deps`"),
            }
        })
        .collect();
    if let Some(failure) = Failure::from_all(missing) {
        return Err(failure);
    }
    let extra = direct
        .iter()
        .filter(|group| packages(group).all(|p| !used.contains_key(&p.name)))
        .map(|group| {
            let name = &group.main.name;
            let provider = parsed.sources.provider(&name.to_string());
            let d = Diagnostic::warning(format!("package `{name}` is in `deps` but not used"));
            let provider = provider.map_or("it".to_owned(), |p| format!("`{p}`"));
            d.target(label)
                .hint(format!("remove {provider} from `deps`"))
        })
        .collect();
    Ok(Failure::from_all(extra))
}

fn packages(group: &UnresolvedPackageGroup) -> impl Iterator<Item = &UnresolvedPackage> {
    std::iter::once(&group.main).chain(&group.nested)
}

fn names(groups: &[UnresolvedPackageGroup]) -> impl Iterator<Item = &PackageName> {
    groups.iter().flat_map(packages).map(|p| &p.name)
}

/// The site of the first use of an item of another package.
fn first_use(parsed: &Parsed, package: &UnresolvedPackage, item: &AstItem) -> Option<Site> {
    let span = match item {
        AstItem::Interface(id) => package.interfaces.get(*id)?.span,
        AstItem::World(id) => package.worlds.get(*id)?.span,
    };
    let site = parsed.sources.site(&parsed.group.source_map, span);
    site.map(|(_, site)| site)
}
