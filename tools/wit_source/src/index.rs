//! Looks up packages and their items by name, for error messages.

use crate::header::package_name;
use crate::sources::Sources;
use rules_wit_common::Site;
use wit_parser::{
    AstItem, PackageName, SourceMap, Span, TypeDefKind, TypeOwner, UnresolvedPackage, WorldItem,
    WorldKey,
};

/// The parsed packages of a run.
pub(crate) struct Index<'a> {
    sources: &'a Sources,
    packages: Vec<(UnresolvedPackage, SourceMap)>,
}

impl<'a> Index<'a> {
    pub(crate) fn new(sources: &'a Sources) -> Self {
        let mut packages = Vec::new();
        for group in sources.parse_all() {
            for package in group.nested.into_iter().chain([group.main]) {
                packages.push((package, group.source_map.clone()));
            }
        }
        Index { sources, packages }
    }

    fn get(&self, name: &PackageName) -> Option<&UnresolvedPackage> {
        self.packages
            .iter()
            .map(|(p, _)| p)
            .find(|p| p.name == *name)
    }

    /// The names of all packages.
    pub(crate) fn names(&self) -> Vec<PackageName> {
        let mut names: Vec<_> = self.packages.iter().map(|(p, _)| p.name.clone()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The path of a file of the package: the one with the header, if there is one.
    pub(crate) fn file(&self, name: &PackageName) -> Option<String> {
        let (_, map) = self.packages.iter().find(|(p, _)| p.name == *name)?;
        let shown = name.to_string();
        let holds = |path: &&str| {
            let text = self.sources.text(path);
            package_name(text).is_some_and(|r| text[r] == shown)
        };
        map.source_names()
            .find(holds)
            .or_else(|| map.source_names().next())
            .map(str::to_owned)
    }

    /// The names of the interfaces of a package.
    pub(crate) fn interfaces(&self, name: &PackageName) -> Vec<String> {
        self.get(name).map_or_else(Vec::new, |p| {
            p.interfaces
                .iter()
                .filter_map(|(_, i)| i.name.clone())
                .collect()
        })
    }

    /// The names of the worlds of a package.
    pub(crate) fn worlds(&self, name: &PackageName) -> Vec<String> {
        self.get(name).map_or_else(Vec::new, |p| {
            p.worlds
                .iter()
                .map(|(_, w)| w.name.clone())
                .filter(|n| !n.is_empty())
                .collect()
        })
    }

    /// The sites of the items of worlds called `world` that are imported or exported under `name`, or
    /// of the worlds if these include them.
    pub(crate) fn world_items(&self, world: &str, name: &str) -> Vec<Site> {
        let mut sites = Vec::new();
        for (package, map) in &self.packages {
            let worlds = package.worlds.iter().map(|(_, w)| w);
            for world in worlds.filter(|w| w.name == world) {
                let key = WorldKey::Name(name.to_owned());
                let items = [&world.imports, &world.exports].map(|items| items.get(&key));
                let spans = items.into_iter().flatten().map(|item| match item {
                    WorldItem::Function(function) => function.span,
                    WorldItem::Type { span, .. } => *span,
                    WorldItem::Interface { id, span, .. } => match span.is_known() {
                        true => *span,
                        false => package.interfaces[*id].span,
                    },
                });
                let spans: Vec<Span> = match spans.collect::<Vec<_>>() {
                    spans if spans.is_empty() => vec![world.span],
                    spans => spans,
                };
                let found = spans.iter().filter_map(|s| self.sources.site(map, *s));
                sites.extend(found.map(|(_, site)| site));
            }
        }
        sites
    }

    /// The interface that a `use` at `span` (in `map`) takes a type from, and the types in it.
    pub(crate) fn foreign_type(
        &self,
        map: &SourceMap,
        span: Span,
    ) -> Option<(String, Vec<String>)> {
        let wanted = map.resolve_span(span)?;
        for (package, own_map) in &self.packages {
            for (_, ty) in package.types.iter() {
                if !matches!(ty.kind, TypeDefKind::Unknown)
                    || own_map.resolve_span(ty.span).as_ref() != Some(&wanted)
                {
                    continue;
                }
                let TypeOwner::Interface(owner) = ty.owner else {
                    continue;
                };
                for (name, items) in &package.foreign_deps {
                    for (item, (id, _)) in items {
                        if *id == AstItem::Interface(owner) {
                            let types = self.types(name, item);
                            return Some((name.interface_id(item), types));
                        }
                    }
                }
            }
        }
        None
    }

    fn types(&self, name: &PackageName, interface: &str) -> Vec<String> {
        self.get(name).map_or_else(Vec::new, |p| {
            p.interfaces
                .iter()
                .filter(|(_, i)| i.name.as_deref() == Some(interface))
                .flat_map(|(_, i)| i.types.keys().cloned())
                .collect()
        })
    }

    /// A cycle of packages through `start`, which must be on one.
    pub(crate) fn cycle(&self, start: &PackageName) -> Vec<PackageName> {
        let mut path = vec![start.clone()];
        let mut dead = Vec::new();
        self.walk(start, &mut path, &mut dead);
        path
    }

    fn walk(
        &self,
        start: &PackageName,
        path: &mut Vec<PackageName>,
        dead: &mut Vec<PackageName>,
    ) -> bool {
        let Some(package) = path.last().and_then(|n| self.get(n)) else {
            return false;
        };
        for dep in package.foreign_deps.keys() {
            if dep == start {
                path.push(dep.clone());
                return true;
            }
            if dead.contains(dep) || path.contains(dep) {
                continue;
            }
            path.push(dep.clone());
            if self.walk(start, path, dead) {
                return true;
            }
            dead.extend(path.pop());
        }
        false
    }
}
