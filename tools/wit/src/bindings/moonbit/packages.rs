//! The list of the generated packages, for the compiler.

use super::super::generator::Files;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use wit_parser::{Resolve, WorldId, WorldItem, WorldKey};

/// The directory of the package that the compiler links, and of those with exports.
const ENTRY: &str = "gen";
pub(super) const ENTRY_FILE: &str = "gen/ffi.mbt";

/// What the generator writes for MoonBit's build tool.
#[derive(Deserialize)]
struct MoonPackage {
    #[serde(default)]
    import: Vec<Import>,
    link: Option<BTreeMap<String, Link>>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Import {
    path: String,
    alias: String,
}

#[derive(Deserialize)]
struct Link {
    exports: Vec<String>,
}

/// The list of packages.
#[derive(Serialize)]
pub(super) struct Manifest {
    /// The path of the package that is linked.
    entry: String,
    /// What it exports, `function:name`.
    pub exports: Vec<String>,
    /// The packages, each after those that it imports.
    packages: Vec<Package>,
}

impl Manifest {
    /// The JSON text.
    pub fn to_json(&self) -> String {
        // Cannot fail: all keys of maps are strings.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

#[derive(Serialize)]
struct Package {
    path: String,
    directory: String,
    files: Vec<String>,
    imports: Vec<Import>,
    role: Role,
    /// What a package with exports implements: the interface, or the world for its functions.
    item: Option<String>,
}

#[derive(Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Role {
    Import,
    Export,
    Entry,
}

/// Replaces hyphens in the names of imports, which the compiler does not know.
fn rename_imports(files: &mut Files, directory: &str, imports: &mut [Import]) {
    for import in imports.iter_mut().filter(|i| i.alias.contains('-')) {
        let new = import.alias.replace('-', "_");
        let (from, to) = (format!("@{}.", import.alias), format!("@{new}."));
        for (file, text) in files.iter_mut() {
            let name = file
                .strip_prefix(directory)
                .and_then(|rest| rest.strip_prefix('/'));
            if name.is_some_and(|name| !name.contains('/')) {
                *text = text.replace(&from, &to);
            }
        }
        import.alias = new;
    }
}

/// The list of packages. The error says what is wrong with the files.
pub(super) fn manifest(
    files: &mut Files,
    resolve: &Resolve,
    world: WorldId,
) -> Result<Manifest, String> {
    let project = match resolve.worlds[world].package {
        Some(id) => {
            let name = &resolve.packages[id].name;
            format!("{}/{}", name.namespace, name.name)
        }
        None => "generated".to_owned(),
    };
    let mut items = exported(files, resolve, world);
    let mut left: BTreeMap<String, Package> = BTreeMap::new();
    let mut exports = None;
    let found: Vec<(String, String)> = files
        .iter()
        .filter_map(|(f, text)| Some((f.strip_suffix("/moon.pkg.json")?.to_owned(), text.clone())))
        .collect();
    for (directory, text) in &found {
        let mut package: MoonPackage =
            serde_json::from_str(text).map_err(|e| format!("`{directory}`: {e}"))?;
        rename_imports(files, directory, &mut package.import);
        let role = match directory.strip_prefix(ENTRY) {
            Some("") => Role::Entry,
            Some(rest) if rest.starts_with('/') => Role::Export,
            _ => Role::Import,
        };
        let item = match role {
            Role::Export => {
                let position = items.iter().position(|(d, _)| d == directory);
                let item = position.map(|at| items.swap_remove(at).1);
                Some(item.ok_or_else(|| format!("`{directory}` is for no export of the world"))?)
            }
            _ => None,
        };
        if let Some(mut link) = package.link {
            exports = link.remove("wasm").map(|link| link.exports);
        }
        let path = format!("{project}/{directory}");
        let sources = files.keys().filter_map(|f| {
            let name = f.strip_prefix(directory.as_str())?.strip_prefix('/')?;
            (name.ends_with(".mbt") && !name.contains('/')).then(|| name.to_owned())
        });
        let package = Package {
            directory: directory.clone(),
            files: sources.collect(),
            imports: package.import,
            role,
            item,
            path: path.clone(),
        };
        left.insert(path, package);
    }
    if let Some((directory, item)) = items.first() {
        return Err(format!("`{item}` has no package `{directory}`"));
    }
    Ok(Manifest {
        entry: format!("{project}/{ENTRY}"),
        exports: exports.ok_or("there is no list of exports")?,
        packages: in_order(left)?,
    })
}

/// The directories of the packages with exports, and what they implement.
fn exported(files: &Files, resolve: &Resolve, world: WorldId) -> Vec<(String, String)> {
    let name = &resolve.worlds[world].name;
    let mut items: Vec<(String, String)> = Vec::new();
    let mut has_functions = false;
    for (key, item) in &resolve.worlds[world].exports {
        match item {
            WorldItem::Interface { .. } => {
                let path = match key {
                    WorldKey::Name(name) => name.clone(),
                    WorldKey::Interface(id) => {
                        let interface = &resolve.interfaces[*id];
                        let package = interface.package.map(|p| &resolve.packages[p].name);
                        let name = interface.name.as_deref().unwrap_or_default();
                        let prefix = package.map(|p| format!("{}/{}/", p.namespace, p.name));
                        format!("{}{name}", prefix.unwrap_or_default())
                    }
                };
                let base = format!("{ENTRY}/interface/{path}");
                let used = |d: &str| items.iter().any(|(other, _)| other == d);
                let directory = match used(&base) {
                    true => numbered(files, &base, used),
                    false => None,
                };
                items.push((directory.unwrap_or(base), resolve.name_world_key(key)));
            }
            WorldItem::Function(_) => has_functions = true,
            WorldItem::Type { .. } => {}
        }
    }
    if has_functions {
        items.push((format!("{ENTRY}/world/{name}"), name.clone()));
    }
    items
}

/// The first package that is called like `base` with a number, which the generator adds for a name
/// that it used before, as that of another version.
fn numbered(files: &Files, base: &str, used: impl Fn(&str) -> bool) -> Option<String> {
    let mut found: Vec<(u32, &str)> = files
        .keys()
        .filter_map(|file| file.strip_suffix("/moon.pkg.json"))
        .filter_map(|d| Some((d.strip_prefix(base)?.parse().ok()?, d)))
        .filter(|(_, d)| !used(d))
        .collect();
    found.sort_unstable();
    found.first().map(|(_, d)| (*d).to_owned())
}

/// The packages, each after those that it imports.
fn in_order(mut left: BTreeMap<String, Package>) -> Result<Vec<Package>, String> {
    let mut done = BTreeSet::new();
    let mut all = Vec::new();
    while !left.is_empty() {
        let is_ready = |p: &Package| p.imports.iter().all(|i| done.contains(&i.path));
        let ready = left.iter().find(|(_, p)| is_ready(p));
        let Some(path) = ready.map(|(path, _)| path.clone()) else {
            let names: Vec<&str> = left.keys().map(String::as_str).collect();
            return Err(format!("packages import each other: {}", names.join(", ")));
        };
        all.extend(left.remove(&path));
        done.insert(path);
    }
    Ok(all)
}
