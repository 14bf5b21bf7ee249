//! Crates with the bindings of a WIT package each: which crate has which interface, and how crates use
//! each other's types.

use super::code::is_rust_path;
use rules_wit_common::{display_path, read_text, Diagnostic, Failure, Limit, Result};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use wit_parser::{InterfaceId, PackageId, Resolve, SourceMap, WorldId, WorldItem, WorldKey};

/// The package and the world that import all interfaces of a package.
const PACKAGE: &str = "rules-wit:bindings";
const WORLD: &str = "imports";

/// The interfaces that a crate has bindings of.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crate {
    /// The name of the crate in Rust.
    #[serde(rename = "crate")]
    pub name: String,
    /// Interface (`ns:package/interface@version`) -> the module in the crate.
    pub interfaces: BTreeMap<String, String>,
}

impl Crate {
    /// The crate `name` with the imported interfaces of the world that no crate of `others` has.
    pub fn new(name: &str, resolve: &Resolve, world: WorldId, others: &Crates) -> Self {
        let interfaces = imports(resolve, world)
            .into_iter()
            .filter_map(|id| Some((resolve.id_of(id)?, module(resolve, id)?)))
            .filter(|(name, _)| !others.paths.contains_key(name))
            .collect();
        Self {
            name: name.to_owned(),
            interfaces,
        }
    }

    /// The JSON text.
    pub fn to_json(&self) -> String {
        // Cannot fail: all keys of maps are strings.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// The contents of modules, by name.
type Modules<T> = BTreeMap<String, T>;

/// The interfaces that other crates have bindings of.
#[derive(Debug, Default)]
pub struct Crates {
    /// Interface -> Rust path.
    paths: BTreeMap<String, String>,
    /// The interfaces with a path from the user.
    users: HashSet<String>,
}

impl Crates {
    /// Reads the descriptions of crates that `wit bindgen-rust` wrote.
    ///
    /// `with` are options `NAME=PATH` of the user. Those of interfaces take precedence over the
    /// crates; the others are returned.
    pub fn read(files: &[PathBuf], with: &[String]) -> Result<(Self, Vec<String>)> {
        let mut crates = Self::default();
        for file in files {
            let one = read(file)?;
            for (interface, module) in one.interfaces {
                let path = format!("::{}::{module}", one.name);
                if !is_rust_path(&path) {
                    let reason = format!("`{}` is not a Rust path", path.escape_debug());
                    return Err(no_description(file, &reason));
                }
                match crates.paths.get(&interface) {
                    Some(other) if *other != path => {
                        return Err(in_two_crates(&interface, other, &path))
                    }
                    _ => crates.paths.insert(interface, path),
                };
            }
        }
        let mut rest = Vec::new();
        for option in with {
            let (name, path) = option.split_once('=').unwrap_or((option, ""));
            let is_interface = name.matches('/').count() == 1;
            if path == "generate" && crates.paths.contains_key(name) {
                // It is generated in its crate.
            } else if path == "generate" || !is_interface || files.is_empty() {
                rest.push(option.clone());
            } else {
                crates.paths.insert(name.to_owned(), path.to_owned());
                crates.users.insert(name.to_owned());
            }
        }
        Ok((crates, rest))
    }

    /// The options `--with` for a world: all imported interfaces that a crate has, or only those with a
    /// path from the user.
    pub fn with(&self, resolve: &Resolve, world: WorldId, only_users: bool) -> Vec<String> {
        self.of(resolve, world)
            .filter(|(_, name, _)| !only_users || self.users.contains(name))
            .map(|(_, name, path)| format!("--with={name}={path}"))
            .collect()
    }

    /// Whether another crate has the bindings of an imported interface.
    pub fn has(&self, resolve: &Resolve, id: InterfaceId) -> bool {
        let name = resolve.id_of(id);
        name.is_some_and(|name| self.paths.contains_key(&name))
    }

    /// The modules of other crates, re-exported where the crate of a world would have them.
    pub fn reexports(&self, resolve: &Resolve, world: WorldId) -> String {
        let mut tree: Modules<Modules<Vec<(String, &str)>>> = Modules::new();
        for (id, name, path) in self.of(resolve, world) {
            if self.users.contains(&name) {
                continue;
            }
            let Some(modules) = module(resolve, id) else {
                continue;
            };
            let mut modules = modules.split("::").map(str::to_owned);
            if let (Some(ns), Some(package), Some(name)) =
                (modules.next(), modules.next(), modules.next())
            {
                let package = tree.entry(ns).or_default().entry(package).or_default();
                package.push((name, path));
            }
        }
        let mut out = String::new();
        for (ns, packages) in tree {
            out.push_str(&format!("pub mod {ns} {{\n"));
            for (package, interfaces) in packages {
                out.push_str(&format!("    pub mod {package} {{\n"));
                for (name, path) in interfaces {
                    // The module has another name in a crate with only one version of the package.
                    let alias = match path.rsplit("::").next() == Some(&name) {
                        true => String::new(),
                        false => format!(" as {name}"),
                    };
                    out.push_str(&format!("        pub use {path}{alias};\n"));
                }
                out.push_str("    }\n");
            }
            out.push_str("}\n");
        }
        out
    }

    fn of<'a>(
        &'a self,
        resolve: &'a Resolve,
        world: WorldId,
    ) -> impl Iterator<Item = (InterfaceId, String, &'a str)> {
        imports(resolve, world).into_iter().filter_map(|id| {
            let name = resolve.id_of(id)?;
            let path = self.paths.get(&name)?;
            Some((id, name, path.as_str()))
        })
    }

    /// The options of the generator that concern interfaces generated here. It rejects options with
    /// unused names.
    ///
    /// In the crate of a package, these are the imported interfaces that no other crate has. In the
    /// crate of a world, these are the interfaces that no other crate has, so that the generator
    /// reports unused names, and the exported ones.
    pub fn relevant<'a>(
        &self,
        resolve: &Resolve,
        world: WorldId,
        is_package: bool,
        options: &'a [String],
    ) -> Vec<&'a String> {
        let ids = |ids: Vec<InterfaceId>| -> HashSet<String> {
            ids.into_iter().filter_map(|id| resolve.id_of(id)).collect()
        };
        let imports = ids(named(&resolve.worlds[world].imports));
        let exports = ids(named(&resolve.worlds[world].exports));
        let known = ids(resolve.interfaces.iter().map(|(id, _)| id).collect());
        let is_of_use = |option: &&String| {
            let names = known.iter().filter(|name| is_about(option, name));
            let Some(name) = names.max_by_key(|name| name.len()) else {
                // An unknown name: let the generator report it.
                return true;
            };
            let is_elsewhere = self.paths.contains_key(name);
            if is_package {
                imports.contains(name) && !is_elsewhere && !option.contains("=export:")
            } else {
                !is_elsewhere || exports.contains(name) && !option.contains("=import:")
            }
        };
        options.iter().filter(is_of_use).collect()
    }
}

/// Whether an option (`--flag=NAME`, `--flag=NAME=VALUE`, or a filter with its prefixes) names an
/// interface or an item in it.
fn is_about(option: &str, interface: &str) -> bool {
    let name = option.split('=').nth(1).unwrap_or_default();
    let name = name.trim_start_matches(['-', '&']);
    let name = name.strip_prefix("import:").unwrap_or(name);
    let name = name.strip_prefix("export:").unwrap_or(name);
    let rest = name.strip_prefix(interface);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '#', '.']))
}

fn read(file: &Path) -> Result<Crate> {
    let text = read_text(file, Limit::SOURCE)?;
    serde_json::from_str(&text).map_err(|e| no_description(file, &e.to_string()))
}

/// The error for an interface of which two crates have bindings: their types are different in Rust.
fn in_two_crates(interface: &str, one: &str, two: &str) -> Failure {
    let crate_of = |path: &str| path.split("::").nth(1).unwrap_or_default().to_owned();
    let (one, two) = (crate_of(one), crate_of(two));
    Diagnostic::new(format!(
        "bindings of `{interface}` are in two crates: `{one}` and `{two}`"
    ))
    .hint("pass one of the two crates")
    .rule_hint("depend on the same `wit_library` of the package everywhere")
    .into()
}

fn no_description(file: &Path, reason: &str) -> Failure {
    let shown = display_path(file);
    Diagnostic::new(format!(
        "`{shown}` is not a description of a crate with bindings: {reason}"
    ))
    .hint("pass a file written by `wit bindgen-rust --output-crate`")
    .into()
}

/// Adds a world that imports all interfaces of some packages, and returns it with its package.
pub fn world_of(
    resolve: &mut Resolve,
    packages: &[PackageId],
) -> anyhow::Result<(PackageId, WorldId)> {
    let mut text = format!("package {PACKAGE};\nworld {WORLD} {{\n");
    for package in packages {
        for id in resolve.packages[*package].interfaces.values() {
            if let Some(name) = resolve.id_of(*id) {
                text.push_str(&format!("import {};\n", quoted(&name)));
            }
        }
    }
    text.push_str("}\n");
    let mut map = SourceMap::new();
    map.push_str("bindings.wit", text);
    let group = map.parse().map_err(|(_, e)| anyhow::anyhow!("{e}"))?;
    let package = resolve.push_group(group)?;
    let world = resolve.packages[package].worlds.get(WORLD);
    let world = *world.ok_or_else(|| anyhow::anyhow!("there is no world `{WORLD}`"))?;
    Ok((package, world))
}

/// A name with `%` before each word, as some are keywords.
fn quoted(name: &str) -> String {
    let (namespace, rest) = name.split_once(':').unwrap_or(("", name));
    let (package, interface) = rest.split_once('/').unwrap_or((rest, ""));
    format!("%{namespace}:%{package}/%{interface}")
}

/// The named interfaces that a world imports.
fn imports(resolve: &Resolve, world: WorldId) -> Vec<InterfaceId> {
    named(&resolve.worlds[world].imports)
}

/// The named interfaces among imports or exports.
fn named<'a>(items: impl IntoIterator<Item = (&'a WorldKey, &'a WorldItem)>) -> Vec<InterfaceId> {
    let items = items.into_iter();
    items
        .filter_map(|(key, item)| match (key, item) {
            (WorldKey::Interface(_), WorldItem::Interface { id, .. }) => Some(*id),
            _ => None,
        })
        .collect()
}

/// The module of an imported interface, as wit-bindgen names it: `namespace::package::interface`, with
/// the version of the package if there are several.
fn module(resolve: &Resolve, id: InterfaceId) -> Option<String> {
    let interface = &resolve.interfaces[id];
    let name = &resolve.packages[interface.package?].name;
    let versions = resolve
        .packages
        .iter()
        .filter(|(_, p)| p.name.namespace == name.namespace && p.name.name == name.name);
    let mut package = snake(&name.name);
    if let (true, Some(version)) = (versions.count() > 1, &name.version) {
        let version = version.to_string().replace(['.', '-', '+'], "_");
        package.push_str(&snake(&version));
    }
    let interface = interface.name.as_deref()?;
    Some(format!(
        "{}::{package}::{}",
        ident(&name.namespace),
        ident(interface)
    ))
}

/// The name of a function or module in Rust, without regard to keywords.
pub(super) fn snake(name: &str) -> String {
    name.to_lowercase().replace('-', "_")
}

/// A name in Rust: in snake case, and with an underscore after a keyword.
fn ident(name: &str) -> String {
    const KEYWORDS: &str = " as break const continue crate else enum extern false fn for if impl in let \
        loop match mod move mut pub ref return self static struct super trait true type unsafe use where \
        while async await dyn abstract become box do final macro override priv typeof unsized virtual \
        yield try ";
    let name = snake(name);
    if KEYWORDS.contains(&format!(" {name} ")) {
        return name + "_";
    }
    name
}
