//! Tests the findings against `semver_check` of wit-component, which `wasm-tools component
//! semver-check` uses, for every world of both sides.
//!
//! It checks whether a component of the old world can replace one of the new world: whether guests
//! break. With the sides swapped, it checks whether hosts break, or have to provide more.
//!
//! It ignores types of imported interfaces that no function of the world needs: components leave them
//! out, but WIT that uses them breaks.

use super::compare::compare;
use super::comparison::Comparison;
use super::finding::{Effect, Finding};
use super::rules::Rule;
use crate::packages::Packages;
use crate::random_packages::{edit, packages, Numbers};
use crate::wording::unversioned;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{catch_unwind, AssertUnwindSafe};
use wit_parser::{LiveTypes, PackageName, Resolve, WorldId, WorldItem};
use wit_source::Features;

fn closed() -> Features {
    Features::Only(Vec::new())
}

/// Whether the new world is compatible with the old one. `None` if upstream cannot tell.
fn upstream(old: &Resolve, prev: WorldId, new: &Resolve, next: WorldId) -> Option<bool> {
    let mut resolve = old.clone();
    // Other versions tell the packages of both sides apart. Upstream ignores versions.
    let mut other = new.clone();
    other.package_names.clear();
    for (i, (id, package)) in other.packages.iter_mut().enumerate() {
        package.name.version = Some(semver::Version::new(1_000_000, i as u64, 0));
        other.package_names.insert(package.name.clone(), id);
    }
    let remap = resolve.merge(other).expect("merges");
    let next = remap.map_world(next, Default::default()).expect("is there");
    let checked = catch_unwind(AssertUnwindSafe(|| {
        wit_component::semver_check(resolve, prev, next)
    }));
    match checked {
        Ok(Ok(())) => Some(true),
        // No component of the world can be made, or it has unknown items.
        Ok(Err(e))
            if !e
                .to_string()
                .starts_with("new world is not semver-compatible") =>
        {
            None
        }
        Ok(Err(e)) if format!("{e:#}").contains("feature is not active") => None,
        Ok(Err(_)) => Some(false),
        Err(_) => None,
    }
}

/// The paths, as in findings, of the types that the functions of a world need.
fn live(resolve: &Resolve, world: WorldId) -> BTreeSet<String> {
    let mut live = LiveTypes::default();
    let world = &resolve.worlds[world];
    for item in world.imports.values().chain(world.exports.values()) {
        match item {
            WorldItem::Function(f) => live.add_func(resolve, f),
            WorldItem::Interface { id, .. } => {
                for f in resolve.interfaces[*id].functions.values() {
                    live.add_func(resolve, f);
                }
            }
            WorldItem::Type { .. } => {}
        }
    }
    for item in world.exports.values() {
        if let WorldItem::Interface { id, .. } = item {
            for ty in resolve.interfaces[*id].types.values() {
                live.add_type_id(resolve, *ty);
            }
        }
    }
    let mut out = BTreeSet::new();
    for id in live.iter() {
        let ty = &resolve.types[id];
        if let (wit_parser::TypeOwner::Interface(owner), Some(name)) = (ty.owner, &ty.name) {
            let interface = &resolve.interfaces[owner];
            if let (Some(package), Some(interface)) = (interface.package, &interface.name) {
                let package = unversioned(&resolve.packages[package].name);
                out.insert(format!("{package}/{interface}#{name}"));
                // An interface is live if one of its types is.
                out.insert(format!("{package}/{interface}"));
            }
        }
    }
    out
}

/// The verdicts of both about one world.
struct Verdicts<'a> {
    name: String,
    /// Our findings that break guests, and those that break or extend hosts.
    ours: [Vec<&'a Finding>; 2],
    theirs: [Option<bool>; 2],
    live: [BTreeSet<String>; 2],
}

fn verdicts<'a>(comparison: &'a Comparison<'_>) -> Vec<Verdicts<'a>> {
    let (old, new) = (&comparison.sides.old.resolve, &comparison.sides.new.resolve);
    let mut out = Vec::new();
    for (from, to) in &comparison.sides.worlds {
        let world = &old.worlds[*from];
        let package = world.package.expect("a package");
        let name = format!(
            "{}/{}",
            unversioned(&old.packages[package].name),
            world.name
        );
        let mut ours = [Vec::new(), Vec::new()];
        for finding in &comparison.findings {
            let roles = &finding.roles;
            let mut worlds = roles.imported.iter().chain(&roles.exported);
            let counts =
                worlds.any(|w| *w == name) && finding.rule != Rule::DependencyVersionChanged;
            // The effect on this world only.
            let mut own = finding.clone();
            let roles = std::rc::Rc::make_mut(&mut own.roles);
            roles.imported.retain(|w| *w == name);
            roles.exported.retain(|w| *w == name);
            if counts && own.guests() == Effect::Breaks {
                ours[0].push(finding);
            }
            if counts && own.hosts() != Effect::None {
                ours[1].push(finding);
            }
        }
        out.push(Verdicts {
            name,
            ours,
            theirs: [
                upstream(old, *from, new, *to),
                upstream(new, *to, old, *from),
            ],
            live: [live(old, *from), live(new, *to)],
        });
    }
    out
}

impl Verdicts<'_> {
    /// Whether a finding is about an item that a component of the world leaves out.
    fn is_left_out(&self, finding: &Finding) -> bool {
        let item = match finding.rule {
            Rule::WorldImportRemoved | Rule::WorldImportAdded => {
                finding.item.split_once('#').map_or("", |(_, i)| i)
            }
            _ => finding.item.as_str(),
        };
        let is_function = finding.rule.id().starts_with("function-")
            || finding.rule.id().starts_with("resource-") && item.contains('[');
        let (interface, name) = item.split_once('#').unwrap_or((item, ""));
        let name = name.split('.').next().unwrap_or_default();
        let path = match name {
            "" => interface.to_owned(),
            name => format!("{interface}#{name}"),
        };
        !is_function && self.live.iter().all(|live| !live.contains(&path))
    }

    /// Panics if the verdicts differ. Returns the number of verdicts compared.
    fn compare(&self, what: &str, texts: &dyn Fn() -> String) -> usize {
        let mut compared = 0;
        for ((ours, theirs), who) in self.ours.iter().zip(self.theirs).zip(["guests", "hosts"]) {
            let Some(is_compatible) = theirs else {
                continue;
            };
            compared += 1;
            let shown = || {
                let findings: Vec<String> = ours
                    .iter()
                    .map(|f| format!("{}: {}", f.rule.id(), f.title))
                    .collect();
                format!("{what}: {who} of {}: {findings:#?}\n{}", self.name, texts())
            };
            match is_compatible {
                false => assert!(!ours.is_empty(), "only upstream objects: {}", shown()),
                true => assert!(
                    ours.iter().all(|f| self.is_left_out(f)),
                    "only we object: {}",
                    shown()
                ),
            }
        }
        compared
    }
}

fn compare_all(what: &str, old: &Packages, new: &Packages, texts: &dyn Fn() -> String) -> usize {
    // Without versions, two versions of a package cannot be told apart.
    let is_clear = |side: &Packages| {
        let mut seen = BTreeSet::new();
        let mut names = side
            .resolve
            .packages
            .iter()
            .map(|(_, p)| unversioned(&p.name));
        names.all(|n| seen.insert(n))
    };
    if !is_clear(old) || !is_clear(new) {
        return 0;
    }
    let comparison = compare(old, new);
    let verdicts = verdicts(&comparison);
    verdicts.iter().map(|v| v.compare(what, texts)).sum()
}

#[test]
fn golden_cases_agree() {
    let mut compared = 0;
    for case in golden::Case::all("breaking") {
        if case.name.starts_with("error-") {
            continue;
        }
        let dir = tempfile::tempdir().expect("a temporary directory");
        case.write_input(dir.path());
        let read = |side: &str| {
            let paths = [dir.path().join(side)];
            Packages::read(&paths, &[], &closed()).expect("reads")
        };
        compared += compare_all(&case.name, &read("old"), &read("new"), &String::new);
    }
    assert!(compared > 120, "{compared}");
}

/// The number of pairs of different random packages to compare.
const PAIRS: u64 = 300;

#[test]
fn generated_packages_agree() {
    let mut compared = 0;
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    let mut seed = 0;
    let mut pairs = 0;
    while pairs < PAIRS {
        seed += 1;
        let mut numbers = Numbers::new(seed);
        let old_texts = packages(&mut numbers, false);
        let new_texts: Vec<(String, String)> = old_texts
            .iter()
            .map(|(name, text)| (name.clone(), edit(text, &mut numbers)))
            .collect();
        let load = |texts: &[(String, String)]| {
            let packages = texts.iter().map(|file| vec![file.clone()]).collect();
            // Some do not resolve without all features.
            Packages::from_texts(packages, &Features::All)
        };
        let old = load(&old_texts).expect("wit-smith's packages resolve");
        let Ok(new) = load(&new_texts) else {
            continue;
        };
        let findings = compare(&old, &new).findings;
        if findings.is_empty() {
            continue;
        }
        pairs += 1;
        let shown = || {
            let text = |texts: &[(String, String)]| {
                let texts: Vec<&str> = texts.iter().map(|(_, t)| t.as_str()).collect();
                texts.join("\n")
            };
            let (old, new) = (text(&old_texts), text(&new_texts));
            let diff = similar::TextDiff::from_lines(&old, &new);
            format!("{}\n{old}", diff.unified_diff())
        };
        compared += compare_all(&format!("seed {seed}"), &old, &new, &shown);
        for finding in findings {
            *rules.entry(finding.rule.id()).or_default() += 1;
        }
    }
    println!("{pairs} pairs, {compared} verdicts, {rules:#?}");
    assert!(compared > 500, "{compared}");
    assert!(rules.len() > 25, "{rules:#?}");
}

#[test]
fn package_names_do_not_matter_to_upstream() {
    // The versions that `upstream` sets must not hide differences.
    let load = |text: &str| {
        let files = vec![vec![("a.wit".to_owned(), text.to_owned())]];
        Packages::from_texts(files, &closed()).expect("resolves")
    };
    let old = load("package a:b@1.0.0;\nworld w { import f: func(); }\n");
    let new = load("package a:b@1.0.0;\nworld w { }\n");
    let world = |side: &Packages| {
        let name = PackageName {
            namespace: "a".to_owned(),
            name: "b".to_owned(),
            version: Some(semver::Version::new(1, 0, 0)),
        };
        let id = side.resolve.package_names[&name];
        side.resolve.packages[id].worlds["w"]
    };
    let (a, b) = (&old.resolve, &new.resolve);
    assert_eq!(upstream(a, world(&old), b, world(&new)), Some(false));
    assert_eq!(upstream(b, world(&new), a, world(&old)), Some(true));
}
