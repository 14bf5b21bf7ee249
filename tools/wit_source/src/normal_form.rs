//! Prints a package in normal form: the whole package as one file, equal for equal meaning.
//!
//! The package is printed as it was parsed, not as it was resolved. Resolving expands the imports and
//! includes of a world, and loses the gates of includes: a world printed after that would show items
//! of a feature to all users.

use crate::keywords::escape;
use rules_wit_common::{Diagnostic, Result};
use std::collections::{HashMap, HashSet};
use wit_component::WitPrinter;
use wit_parser::{
    AstItem, Docs, FunctionKind, Handle, Interface, InterfaceId, Package, PackageId, PackageName,
    Resolve, Stability, Type, TypeDef, TypeDefKind, TypeOwner, UnresolvedPackage,
    UnresolvedPackageGroup, World, WorldId, WorldItem, WorldKey,
};

/// The placeholder for `include`s while a world is printed. The printer takes resolved worlds, which
/// have none.
const INCLUDE: &str = "rules-wit-include";

/// The normal form of the main package, then of the packages nested in its sources. Fails if an item
/// cannot be printed.
pub fn print(group: &UnresolvedPackageGroup) -> Result<String> {
    let mut out = print_package(&group.main, true)?;
    let mut nested: Vec<&UnresolvedPackage> = group.nested.iter().collect();
    nested.sort_by(|a, b| a.name.cmp(&b.name));
    for package in nested {
        out.push('\n');
        out.push_str(&print_package(package, false)?);
    }
    Ok(out)
}

/// A text that is equal for packages that differ only in comments, layout and the order of items. Fails
/// if an item cannot be printed.
pub fn meaning(package: &UnresolvedPackage) -> Result<String> {
    let mut view = View::new(package);
    let id = view.open(package);
    view.sort(id);
    let mut printer = WitPrinter::default();
    printer.emit_docs(false);
    print_view(&view, id, printer, true)
}

fn print_package(package: &UnresolvedPackage, is_main: bool) -> Result<String> {
    let mut view = View::new(package);
    let id = view.open(package);
    print_view(&view, id, WitPrinter::default(), is_main)
}

fn print_view(
    view: &View,
    id: PackageId,
    mut printer: WitPrinter,
    is_main: bool,
) -> Result<String> {
    printer
        .print_package(&view.resolve, id, is_main)
        .map_err(|e| {
            let name = &view.resolve.packages[id].name;
            Diagnostic::new(format!("cannot print package `{name}`: {e}"))
        })?;
    let text = printer.output.to_string();
    let mut out = String::with_capacity(text.len() + 1);
    let mut lines = text.trim_end().lines().peekable();
    while let Some(line) = lines.next() {
        let (indent, text) = line.split_at(line.len() - line.trim_start().len());
        if text.starts_with("///") {
            let mut docs = vec![text];
            while let Some(next) = lines.next_if(|l| l.trim_start().starts_with("///")) {
                docs.push(next.trim_start());
            }
            print_docs(&mut out, indent, &docs);
            continue;
        }
        out.push_str(indent);
        out.push_str(view.includes.get(text).map_or(text, String::as_str));
        out.push('\n');
    }
    Ok(out)
}

/// Prints documentation without the common indentation of its lines, as the parser reads it.
fn print_docs(out: &mut String, indent: &str, docs: &[&str]) {
    let texts = docs
        .iter()
        .map(|d| d.trim_start_matches('/').trim_end())
        .skip_while(|t| t.is_empty());
    let margin = texts
        .clone()
        .filter(|t| !t.is_empty())
        .map(|t| t.bytes().take_while(u8::is_ascii_whitespace).count())
        .min()
        .unwrap_or(0);
    for text in texts {
        out.push_str(indent);
        out.push_str("///");
        if let Some(text) = text.get(margin..).filter(|t| !t.is_empty()) {
            out.push(' ');
            out.push_str(text);
        }
        out.push('\n');
    }
}

/// An unresolved package in the form of a resolved one, for the printer.
struct View {
    resolve: Resolve,
    /// The includes, by the lines that stand for them.
    includes: HashMap<String, String>,
}

impl View {
    fn new(package: &UnresolvedPackage) -> Self {
        let mut resolve = Resolve::new();
        resolve.worlds = package.worlds.clone();
        resolve.interfaces = package.interfaces.clone();
        resolve.types = package.types.clone();
        View {
            resolve,
            includes: HashMap::new(),
        }
    }

    fn alloc(&mut self, name: &PackageName, docs: Docs) -> PackageId {
        self.resolve.packages.alloc(Package {
            name: name.clone(),
            docs,
            interfaces: Default::default(),
            worlds: Default::default(),
        })
    }

    /// Sets the package of every item, and the items of the package.
    fn open(&mut self, package: &UnresolvedPackage) -> PackageId {
        let mut foreign_interfaces = HashSet::new();
        let mut foreign_worlds: HashMap<WorldId, String> = HashMap::new();
        for (name, items) in &package.foreign_deps {
            let id = self.alloc(name, Docs::default());
            for (item, (ast, _)) in items {
                match *ast {
                    AstItem::Interface(i) => {
                        let interface = &mut self.resolve.interfaces[i];
                        interface.name = Some(item.clone());
                        interface.package = Some(id);
                        foreign_interfaces.insert(i);
                    }
                    AstItem::World(w) => {
                        foreign_worlds.insert(w, foreign_path(name, item));
                    }
                }
            }
        }
        let id = self.alloc(&package.name, package.docs.clone());
        for (i, interface) in self.resolve.interfaces.iter_mut() {
            if foreign_interfaces.contains(&i) {
                continue;
            }
            interface.package = Some(id);
            if let Some(name) = interface.name.clone() {
                self.resolve.packages[id].interfaces.insert(name, i);
            }
        }
        self.shorten_constructors();
        let sentinel = self.sentinel(id);
        let own: Vec<WorldId> = self.resolve.worlds.iter().map(|(w, _)| w).collect();
        for w in own {
            if foreign_worlds.contains_key(&w) {
                continue;
            }
            self.put_includes(w, sentinel, &foreign_worlds);
            let world = &mut self.resolve.worlds[w];
            world.package = Some(id);
            let name = world.name.clone();
            self.resolve.packages[id].worlds.insert(name, w);
        }
        id
    }

    /// Sorts the items of the package, and those of its interfaces, by name.
    fn sort(&mut self, id: PackageId) {
        let package = &mut self.resolve.packages[id];
        package.interfaces.sort_keys();
        package.worlds.sort_keys();
        for (_, interface) in self.resolve.interfaces.iter_mut() {
            interface.types.sort_keys();
            interface.functions.sort_keys();
        }
    }

    /// Makes the result of a constructor a handle, as the resolver does, so that the printer leaves it
    /// out.
    fn shorten_constructors(&mut self) {
        let Resolve {
            interfaces,
            worlds,
            types,
            ..
        } = &mut self.resolve;
        let in_worlds = worlds
            .iter_mut()
            .flat_map(|(_, w)| w.imports.values_mut().chain(w.exports.values_mut()))
            .filter_map(|item| match item {
                WorldItem::Function(f) => Some(f),
                _ => None,
            });
        let functions = interfaces
            .iter_mut()
            .flat_map(|(_, i)| i.functions.values_mut())
            .chain(in_worlds);
        for function in functions {
            let FunctionKind::Constructor(resource) = function.kind else {
                continue;
            };
            if function.result == Some(Type::Id(resource)) {
                let handle = types.alloc(TypeDef {
                    name: None,
                    kind: TypeDefKind::Handle(Handle::Own(resource)),
                    owner: TypeOwner::None,
                    docs: Docs::default(),
                    stability: Stability::Unknown,
                    span: Default::default(),
                    external_id: None,
                });
                function.result = Some(Type::Id(handle));
            }
        }
    }

    /// An interface of which the printer shows only the name.
    fn sentinel(&mut self, package: PackageId) -> InterfaceId {
        self.resolve.interfaces.alloc(Interface {
            name: Some(INCLUDE.to_owned()),
            types: Default::default(),
            functions: Default::default(),
            docs: Docs::default(),
            stability: Stability::Unknown,
            package: Some(package),
            span: Default::default(),
            clone_of: None,
        })
    }

    /// Adds a placeholder for each include of a world before its imports.
    fn put_includes(
        &mut self,
        id: WorldId,
        sentinel: InterfaceId,
        foreign: &HashMap<WorldId, String>,
    ) {
        let world: World = self.resolve.worlds[id].clone();
        let mut imports = wit_parser::IndexMap::default();
        for include in &world.includes {
            let path = match foreign.get(&include.id) {
                Some(path) => path.clone(),
                None => escape(&self.resolve.worlds[include.id].name),
            };
            let names: Vec<String> = include
                .names
                .iter()
                .map(|n| format!("{} as {}", escape(&n.name), escape(&n.as_)))
                .collect();
            let text = match names.as_slice() {
                [] => format!("include {path};"),
                // The grammar has no semicolon after the braces.
                names => format!("include {path} with {{ {} }}", names.join(", ")),
            };
            // A name with a double dash is not a WIT identifier, so it cannot clash.
            let name = format!("{INCLUDE}--{}", self.includes.len());
            self.includes
                .insert(format!("import {name}: {INCLUDE};"), text);
            let item = WorldItem::Interface {
                id: sentinel,
                stability: include.stability.clone(),
                external_id: None,
                docs: Docs::default(),
                span: Default::default(),
            };
            imports.insert(WorldKey::Name(name), item);
        }
        imports.extend(world.imports);
        self.resolve.worlds[id].imports = imports;
    }
}

fn foreign_path(package: &PackageName, item: &str) -> String {
    let version = match &package.version {
        Some(v) => format!("@{v}"),
        None => String::new(),
    };
    format!(
        "{}:{}/{}{version}",
        escape(&package.namespace),
        escape(&package.name),
        escape(item)
    )
}
