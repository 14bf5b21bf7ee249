//! The locations of the items of a package in its sources, as JSON for other commands.

use crate::sources::Sources;
use rules_wit_common::{display_path, read_text, Diagnostic, Limit, Result};
use serde::{Deserialize, Serialize};
use std::path::Path;
use wit_parser::{
    AstItem, Interface, InterfaceId, PackageName, Resolve, Span, TypeOwner, UnresolvedPackage,
    UnresolvedPackageGroup, WorldId, WorldItem, WorldKey,
};

/// The locations of all items of a package.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Spans {
    /// The label of its target.
    pub label: String,
    /// The name of the main package.
    pub package: String,
    /// The items, in the order of the sources.
    pub items: Vec<Item>,
}

/// The location of one item.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Item {
    /// `ns:package/item@version`, with `#name` for an item of an interface or world.
    pub path: String,
    /// The path of the source, relative to the workspace.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in bytes, from 1.
    pub col: usize,
}

impl Spans {
    /// Reads a file that `wit resolve` wrote. Fails if it cannot be read or has another format.
    pub fn read(file: &Path) -> Result<Self> {
        let text = read_text(file, Limit::SOURCE)?;
        serde_json::from_str(&text).map_err(|e| {
            let shown = display_path(file);
            Diagnostic::new(format!("`{shown}` is not a file of item locations: {e}"))
                .hint("pass a file written by `wit resolve --output-spans`")
                .into()
        })
    }

    /// The JSON text.
    pub fn to_json(&self) -> String {
        // Cannot fail: all keys of maps are strings.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// The path of an item of an interface or world: `ns:package/interface@version#name`.
pub fn member(parent: &str, name: &str) -> String {
    format!("{parent}#{name}")
}

/// Finds where items are declared.
pub struct Places<'a> {
    /// The packages as they were read.
    pub sources: &'a Sources,
    /// The locations in the sources of targets.
    pub spans: &'a [Spans],
}

impl Places<'_> {
    /// Adds the location of an item: in the sources of its target if they are known, or else in the
    /// package as it was read.
    pub fn add(&self, resolve: &Resolve, d: Diagnostic, path: &str, span: Span) -> Diagnostic {
        let mut items = self.spans.iter().flat_map(|s| &s.items);
        if let Some(item) = items.find(|i| i.path == path) {
            return d.note(format!(
                "declared at {}:{}:{}",
                item.file, item.line, item.col
            ));
        }
        match self.sources.site(&resolve.source_map, span) {
            Some((_, site)) => d.site(site),
            None => d,
        }
    }
}

/// The locations of the items of a package and of those nested in its sources.
pub fn of(label: &str, group: &UnresolvedPackageGroup, sources: &Sources) -> Spans {
    let mut items = Items {
        group,
        sources,
        items: Vec::new(),
    };
    for package in std::iter::once(&group.main).chain(&group.nested) {
        items.package(package);
    }
    let mut items = items.items;
    items.sort_by(|a, b| (&a.file, a.line, a.col, &a.path).cmp(&(&b.file, b.line, b.col, &b.path)));
    items.dedup();
    Spans {
        label: label.to_owned(),
        package: group.main.name.to_string(),
        items,
    }
}

struct Items<'a> {
    group: &'a UnresolvedPackageGroup,
    sources: &'a Sources,
    items: Vec<Item>,
}

impl Items<'_> {
    fn add(&mut self, path: String, span: Span) {
        let map = &self.group.source_map;
        let Some(location) = map.resolve_span(span) else {
            return;
        };
        let text = self.sources.text(location.path);
        let Some(before) = text.get(..location.range.start) else {
            return;
        };
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        self.items.push(Item {
            path,
            file: location.path.to_owned(),
            line: before.matches('\n').count() + 1,
            col: before.len() - line_start + 1,
        });
    }

    fn package(&mut self, package: &UnresolvedPackage) {
        let foreign: Vec<AstItem> = package
            .foreign_deps
            .values()
            .flat_map(|items| items.values().map(|(item, _)| *item))
            .collect();
        for (id, interface) in package.interfaces.iter() {
            if let (Some(name), false) =
                (&interface.name, foreign.contains(&AstItem::Interface(id)))
            {
                self.interface(package, &package.name.interface_id(name), id, interface);
            }
        }
        for (id, world) in package.worlds.iter() {
            if !foreign.contains(&AstItem::World(id)) {
                self.world(package, id, &package.name, &world.name);
            }
        }
    }

    fn interface(
        &mut self,
        package: &UnresolvedPackage,
        path: &str,
        id: InterfaceId,
        interface: &Interface,
    ) {
        self.add(path.to_owned(), interface.span);
        for (name, ty) in &interface.types {
            let ty = &package.types[*ty];
            if ty.owner == TypeOwner::Interface(id) {
                self.add(member(path, name), ty.span);
            }
        }
        for function in interface.functions.values() {
            self.add(member(path, &function.name), function.span);
        }
    }

    fn world(&mut self, package: &UnresolvedPackage, id: WorldId, name: &PackageName, world: &str) {
        let path = name.interface_id(world);
        let world = &package.worlds[id];
        self.add(path.clone(), world.span);
        for (key, item) in world.imports.iter().chain(&world.exports) {
            let WorldKey::Name(name) = key else {
                continue;
            };
            match item {
                WorldItem::Function(f) => self.add(member(&path, &f.name), f.span),
                WorldItem::Type { id, span } => {
                    let own = package.types[*id].span;
                    self.add(
                        member(&path, name),
                        if own.is_known() { own } else { *span },
                    );
                }
                WorldItem::Interface { id, span, .. } => {
                    let interface = &package.interfaces[*id];
                    let path = member(&path, name);
                    match interface.span == *span {
                        true => self.interface(package, &path, *id, interface),
                        // A name of an interface that is declared elsewhere.
                        false => self.add(path, *span),
                    }
                }
            }
        }
    }
}
