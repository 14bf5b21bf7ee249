//! Adds the location of each item in its WIT sources to its documentation, for the generated code.

use super::code::doc_line;
use std::collections::HashMap;
use wit_parser::{Docs, InterfaceId, Resolve, TypeId, WorldId, WorldItem, WorldKey};
use wit_source::spans::{member, Spans};

/// Adds the locations in `spans` to the documentation of the items of `resolve`.
pub fn add(resolve: &mut Resolve, spans: &[Spans]) {
    // Of copies of a package, the first counts.
    let locations: HashMap<&str, String> = spans
        .iter()
        .rev()
        .flat_map(|s| &s.items)
        .map(|i| {
            let file = doc_line(&i.file);
            (i.path.as_str(), format!("WIT: `{file}:{}`", i.line))
        })
        .collect();
    let mut all = Locations { resolve, locations };
    all.add();
}

struct Locations<'a> {
    resolve: &'a mut Resolve,
    locations: HashMap<&'a str, String>,
}

impl Locations<'_> {
    fn add(&mut self) {
        let interfaces: Vec<InterfaceId> = self.resolve.interfaces.iter().map(|(i, _)| i).collect();
        for id in interfaces {
            if let Some(path) = self.resolve.id_of(id) {
                self.interface(&path, id);
            }
        }
        let worlds: Vec<WorldId> = self.resolve.worlds.iter().map(|(w, _)| w).collect();
        for id in worlds {
            self.world(id);
        }
    }

    fn interface(&mut self, path: &str, id: InterfaceId) {
        let interface = &mut self.resolve.interfaces[id];
        put(&self.locations, path, &mut interface.docs);
        for function in interface.functions.values_mut() {
            put(
                &self.locations,
                &member(path, &function.name),
                &mut function.docs,
            );
        }
        let types: Vec<(String, TypeId)> = interface
            .types
            .iter()
            .map(|(n, t)| (n.clone(), *t))
            .collect();
        for (name, ty) in types {
            let docs = &mut self.resolve.types[ty].docs;
            put(&self.locations, &member(path, &name), docs);
        }
    }

    fn world(&mut self, id: WorldId) {
        let Some(package) = self.resolve.worlds[id].package else {
            return;
        };
        let path = self
            .resolve
            .id_of_name(package, &self.resolve.worlds[id].name);
        let mut inline = Vec::new();
        let mut types = Vec::new();
        let world = &mut self.resolve.worlds[id];
        put(&self.locations, &path, &mut world.docs);
        for (key, item) in world.imports.iter_mut().chain(world.exports.iter_mut()) {
            let WorldKey::Name(name) = key else {
                continue;
            };
            match item {
                WorldItem::Function(f) => {
                    put(&self.locations, &member(&path, &f.name), &mut f.docs)
                }
                WorldItem::Type { id, .. } => types.push((name.clone(), *id)),
                WorldItem::Interface { id, .. } => inline.push((name.clone(), *id)),
            }
        }
        for (name, ty) in types {
            let docs = &mut self.resolve.types[ty].docs;
            put(&self.locations, &member(&path, &name), docs);
        }
        for (name, interface) in inline {
            if self.resolve.interfaces[interface].name.is_none() {
                self.interface(&member(&path, &name), interface);
            }
        }
    }
}

fn put(locations: &HashMap<&str, String>, path: &str, docs: &mut Docs) {
    let Some(location) = locations.get(path) else {
        return;
    };
    let text = match docs.contents.as_deref().map(str::trim_end) {
        Some(text) if !text.is_empty() => format!("{text}\n\n{location}"),
        _ => location.clone(),
    };
    docs.contents = Some(text);
}
