//! Compares worlds.

use super::comparison::{Comparison, Item, Parent};
use super::finding::Roles;
use super::rules::Rule;
use super::sides::track;
use crate::wording::unversioned;
use std::collections::HashMap;
use std::rc::Rc;
use wit_parser::{InterfaceId, Resolve, WorldId, WorldItem, WorldKey};

/// The item of NEW for an item of OLD.
type Other<'i> = Option<&'i WorldItem>;

impl Comparison<'_> {
    /// Compares two worlds of the same name.
    pub fn world(&mut self, parent: &Parent, old: WorldId, new: WorldId) {
        let (a, b) = (&self.sides.old.resolve, &self.sides.new.resolve);
        let (from, to) = (&a.worlds[old], &b.worlds[new]);
        for is_export in [false, true] {
            let mut parent = parent.clone();
            let (items, others) = match is_export {
                false => {
                    parent.roles = Rc::new(Roles::import(&parent.path));
                    (&from.imports, &to.imports)
                }
                true => {
                    parent.roles = Rc::new(Roles::export(&parent.path));
                    (&from.exports, &to.exports)
                }
            };
            let before: Vec<(&WorldKey, &WorldItem)> = items.iter().collect();
            let after: Vec<(&WorldKey, &WorldItem)> = others.iter().collect();
            let (pairs, rest) = self.pair_items(&before, &after);
            let (mut functions, mut other_functions) = (Vec::new(), Vec::new());
            for ((key, item), other) in before.iter().zip(&pairs) {
                match other {
                    Some(other) => match (item, other) {
                        (WorldItem::Function(f), WorldItem::Function(g)) => {
                            functions.push(f);
                            other_functions.push(g);
                        }
                        _ => self.world_item(&parent, key, item, other),
                    },
                    None => match item {
                        WorldItem::Function(f) if f.kind.resource().is_some() => functions.push(f),
                        _ => self.world_item_removed(&parent, is_export, key, item),
                    },
                }
            }
            for (key, item) in rest {
                match item {
                    WorldItem::Function(f) if f.kind.resource().is_some() => {
                        other_functions.push(f)
                    }
                    _ => self.world_item_added(&parent, is_export, key, item),
                }
            }
            self.functions(&parent, &functions, &other_functions);
        }
    }

    /// The item of NEW for each item of OLD, and the remaining items of NEW.
    ///
    /// Items are paired by name. Interfaces of packages that are not compared are paired by name and
    /// the same version, then a compatible one, then any.
    fn pair_items<'i>(
        &self,
        before: &[(&'i WorldKey, &'i WorldItem)],
        after: &[(&'i WorldKey, &'i WorldItem)],
    ) -> (Vec<Other<'i>>, Vec<(&'i WorldKey, &'i WorldItem)>) {
        let mut by_name: HashMap<&str, usize> = HashMap::new();
        let mut by_id: HashMap<InterfaceId, usize> = HashMap::new();
        let mut by_path: HashMap<String, Vec<usize>> = HashMap::new();
        for (i, (key, _)) in after.iter().enumerate() {
            match key {
                WorldKey::Name(name) => drop(by_name.insert(name, i)),
                WorldKey::Interface(id) => {
                    by_id.insert(*id, i);
                    let path = key_name(self.after(), key);
                    by_path.entry(path).or_default().push(i);
                }
            }
        }
        let mut taken = vec![false; after.len()];
        let mut pairs: Vec<Option<usize>> = vec![None; before.len()];
        for way in 0..3 {
            for (slot, (key, _)) in pairs.iter_mut().zip(before) {
                if slot.is_some() {
                    continue;
                }
                let found = match key {
                    WorldKey::Name(name) => by_name.get(name.as_str()).copied(),
                    WorldKey::Interface(id) => match self.sides.interfaces.get(id) {
                        Some(other) => by_id.get(other).copied(),
                        None => {
                            let path = key_name(self.before(), key);
                            let others = by_path.get(&path).into_iter().flatten();
                            others.copied().find(|i| match after.get(*i) {
                                Some((WorldKey::Interface(other), _)) => {
                                    !taken[*i] && self.is_of_version(*id, *other, way)
                                }
                                _ => false,
                            })
                        }
                    },
                };
                if let Some(i) = found.filter(|i| !taken[*i]) {
                    taken[i] = true;
                    *slot = Some(i);
                }
            }
        }
        let other = |slot: Option<usize>| slot.and_then(|i| after.get(i)).map(|(_, item)| *item);
        let rest = after.iter().zip(&taken).filter(|(_, taken)| !**taken);
        (
            pairs.into_iter().map(other).collect(),
            rest.map(|(item, _)| *item).collect(),
        )
    }

    /// Whether the versions of the packages of two interfaces match, in round `way` of three.
    fn is_of_version(&self, old: InterfaceId, new: InterfaceId, way: usize) -> bool {
        let (a, b) = (self.before(), self.after());
        let packages = (a.interfaces[old].package, b.interfaces[new].package);
        let (Some(p), Some(q)) = packages else {
            return false;
        };
        let (p, q) = (&a.packages[p].name.version, &b.packages[q].name.version);
        match way {
            0 => p == q,
            1 => p.as_ref().map(track) == q.as_ref().map(track),
            _ => true,
        }
    }

    fn world_item(&mut self, parent: &Parent, key: &WorldKey, old: &WorldItem, new: &WorldItem) {
        let (a, b) = (&self.sides.old.resolve, &self.sides.new.resolve);
        let name = key_name(a, key);
        match (old, new) {
            (WorldItem::Interface { id, .. }, WorldItem::Interface { id: other, .. }) => {
                if a.interfaces[*id].name.is_none() && b.interfaces[*other].name.is_none() {
                    let mut inner = parent.clone();
                    inner.path = format!("{}#{name}", parent.path);
                    self.interface(&inner, *id, *other);
                    return;
                }
                let packages = (a.interfaces[*id].package, b.interfaces[*other].package);
                let (Some(p), Some(q)) = packages else {
                    return;
                };
                if self.sides.packages.contains(&(p, q)) {
                    return;
                }
                let (p, q) = (&a.packages[p].name, &b.packages[q].name);
                if p.version.as_ref().map(track) != q.version.as_ref().map(track) {
                    let title = format!(
                        "`{}` now uses `{name}` of `{q}` instead of `{p}`",
                        parent.path
                    );
                    let rule = Rule::DependencyVersionChanged;
                    let (old, new) = (item_of(a, old), item_of(b, new));
                    self.report(rule, parent, &name, title, Some(old), Some(new));
                }
            }
            (WorldItem::Type { id, .. }, WorldItem::Type { id: other, .. }) => {
                self.ty(parent, &name, *id, *other);
            }
            _ => {
                let title = format!(
                    "`{name}` of world `{}` changed from {} to {}",
                    parent.path,
                    kind(old),
                    kind(new)
                );
                let (old, new) = (item_of(a, old), item_of(b, new));
                let rule = Rule::WorldItemKindChanged;
                self.report(rule, parent, &name, title, Some(old), Some(new));
            }
        }
    }

    fn world_item_removed(
        &mut self,
        parent: &Parent,
        is_export: bool,
        key: &WorldKey,
        item: &WorldItem,
    ) {
        let resolve = &self.sides.old.resolve;
        let name = key_name(resolve, key);
        if let WorldItem::Type { id, .. } = item {
            return self.type_removed(parent, &name, *id);
        }
        let (rule, verb) = match is_export {
            false => (Rule::WorldImportRemoved, "imports"),
            true => (Rule::WorldExportRemoved, "exports"),
        };
        let title = format!("world `{}` no longer {verb} `{name}`", parent.path);
        let item = item_of(resolve, item);
        self.report(rule, parent, &name, title, Some(item), None);
    }

    fn world_item_added(
        &mut self,
        parent: &Parent,
        is_export: bool,
        key: &WorldKey,
        item: &WorldItem,
    ) {
        let resolve = &self.sides.new.resolve;
        let name = key_name(resolve, key);
        if let WorldItem::Type { id, .. } = item {
            return self.type_added(parent, &name, *id);
        }
        let (rule, verb) = match is_export {
            false => (Rule::WorldImportAdded, "imports"),
            true => (Rule::WorldExportAdded, "exports"),
        };
        let title = format!("world `{}` now {verb} `{name}`", parent.path);
        let item = item_of(resolve, item);
        self.report(rule, parent, &name, title, None, Some(item));
    }
}

fn item_of<'s>(resolve: &'s Resolve, item: &'s WorldItem) -> Item<'s> {
    match item {
        WorldItem::Function(f) => Item::function(f),
        WorldItem::Type { id, .. } => Item::ty(resolve, *id),
        WorldItem::Interface {
            id,
            stability,
            docs,
            span,
            ..
        } => Item {
            // An interface that a world reaches through others has no span in the world.
            span: match span.is_known() {
                true => *span,
                false => resolve.interfaces[*id].span,
            },
            stability,
            docs,
        },
    }
}

fn kind(item: &WorldItem) -> &'static str {
    match item {
        WorldItem::Function(_) => "a function",
        WorldItem::Type { .. } => "a type",
        WorldItem::Interface { .. } => "an interface",
    }
}

/// The name of an item of a world, without the version of its package.
fn key_name(resolve: &Resolve, key: &WorldKey) -> String {
    match key {
        WorldKey::Name(name) => name.clone(),
        WorldKey::Interface(id) => {
            let interface = &resolve.interfaces[*id];
            let package = interface
                .package
                .map(|p| unversioned(&resolve.packages[p].name));
            format!(
                "{}/{}",
                package.unwrap_or_default(),
                interface.name.as_deref().unwrap_or_default()
            )
        }
    }
}
