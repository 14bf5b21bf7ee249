//! Compares all packages of two sides.

use super::comparison::{Comparison, Item, Parent};
use super::finding::Roles;
use super::rules::Rule;
use super::sides::Sides;
use crate::packages::Packages;
use crate::wording::unversioned;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use wit_parser::{InterfaceId, PackageId, WorldItem};

/// Compares the packages of two sides.
pub(super) fn compare<'a>(old: &'a Packages, new: &'a Packages) -> Comparison<'a> {
    let sides = Sides::new(old, new);
    let mut comparison = Comparison {
        roles: roles(&sides)
            .into_iter()
            .map(|(id, roles)| (id, Rc::new(roles)))
            .collect(),
        sides,
        findings: Vec::new(),
        redocumented: BTreeSet::new(),
    };
    comparison.packages();
    comparison
}

/// The worlds that import or export each interface of OLD, on both sides.
fn roles(sides: &Sides<'_>) -> HashMap<InterfaceId, Roles> {
    let mut out: HashMap<InterfaceId, Roles> = HashMap::new();
    let mut pairs: Vec<_> = sides.worlds.iter().collect();
    pairs.sort_by_key(|(id, _)| id.index());
    for (from, to) in pairs {
        let (from, to) = (
            &sides.old.resolve.worlds[*from],
            &sides.new.resolve.worlds[*to],
        );
        let name = from.package.map_or_else(String::new, |p| {
            format!(
                "{}/{}",
                unversioned(&sides.old.resolve.packages[p].name),
                from.name
            )
        });
        for is_export in [false, true] {
            let (items, others) = match is_export {
                false => (&from.imports, &to.imports),
                true => (&from.exports, &to.exports),
            };
            let interface = |item: &WorldItem| match item {
                WorldItem::Interface { id, .. } => Some(*id),
                _ => None,
            };
            let others: BTreeSet<usize> = (others.values().filter_map(interface))
                .map(|id| id.index())
                .collect();
            for id in items.values().filter_map(interface) {
                let Some(other) = sides.interfaces.get(&id) else {
                    continue;
                };
                if !others.contains(&other.index()) {
                    continue;
                }
                let roles = out.entry(id).or_default();
                match is_export {
                    false => roles.imported.push(name.clone()),
                    true => roles.exported.push(name.clone()),
                }
            }
        }
    }
    out
}

impl Comparison<'_> {
    fn packages(&mut self) {
        for id in self.sides.gone.clone() {
            let name = self.before().packages[id].name.clone();
            let parent = Parent {
                packages: (Some(id), None),
                path: name.to_string(),
                roles: Rc::default(),
            };
            let title = format!("package `{name}` was removed");
            self.report(Rule::PackageRemoved, &parent, "", title, None, None);
        }
        for id in self.sides.fresh.clone() {
            let name = self.after().packages[id].name.clone();
            let parent = Parent {
                packages: (None, Some(id)),
                path: name.to_string(),
                roles: Rc::default(),
            };
            let title = format!("package `{name}` was added");
            self.report(Rule::PackageAdded, &parent, "", title, None, None);
        }
        for (old, new) in self.sides.packages.clone() {
            self.package(old, new);
        }
    }

    fn package(&mut self, old: PackageId, new: PackageId) {
        let (a, b) = (self.sides.old, self.sides.new);
        let (from, to) = (&a.resolve.packages[old], &b.resolve.packages[new]);
        if from.docs != to.docs {
            self.redocumented.insert(new.index());
        }
        let name = unversioned(&from.name);
        let parent = |item: &str| Parent {
            packages: (Some(old), Some(new)),
            path: format!("{name}/{item}"),
            roles: Rc::default(),
        };
        for (item, id) in &from.interfaces {
            let mut parent = parent(item);
            let before = Item::interface(&a.resolve, *id);
            let Some(other) = to.interfaces.get(item) else {
                let title = format!("interface `{}` was removed", parent.path);
                self.report(
                    Rule::InterfaceRemoved,
                    &parent,
                    "",
                    title,
                    Some(before),
                    None,
                );
                continue;
            };
            let after = Item::interface(&b.resolve, *other);
            parent.roles = self.roles.get(id).cloned().unwrap_or_default();
            self.remarks(&parent, "", before, after);
            self.interface(&parent, *id, *other);
        }
        for (item, id) in &to.interfaces {
            if !from.interfaces.contains_key(item) {
                let (parent, after) = (parent(item), Item::interface(&b.resolve, *id));
                let title = format!("interface `{}` was added", parent.path);
                self.report(Rule::InterfaceAdded, &parent, "", title, None, Some(after));
            }
        }
        for (item, id) in &from.worlds {
            let (parent, before) = (parent(item), Item::world(&a.resolve, *id));
            let Some(other) = to.worlds.get(item) else {
                let title = format!("world `{}` was removed", parent.path);
                self.report(Rule::WorldRemoved, &parent, "", title, Some(before), None);
                continue;
            };
            self.remarks(&parent, "", before, Item::world(&b.resolve, *other));
            self.world(&parent, *id, *other);
        }
        for (item, id) in &to.worlds {
            if !from.worlds.contains_key(item) {
                let (parent, after) = (parent(item), Item::world(&b.resolve, *id));
                let title = format!("world `{}` was added", parent.path);
                self.report(Rule::WorldAdded, &parent, "", title, None, Some(after));
            }
        }
    }
}
