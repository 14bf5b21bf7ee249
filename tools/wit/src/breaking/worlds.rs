//! Comparing worlds.

use super::compare::{plain, Comparison, Item, Place};
use super::finding::Roles;
use super::rules::Rule;
use super::sides::track;
use wit_parser::{InterfaceId, Resolve, WorldId, WorldItem, WorldKey};

impl Comparison<'_> {
    /// Compares two worlds of one name.
    pub fn world(&mut self, place: &Place, old: WorldId, new: WorldId) {
        let (a, b) = (&self.sides.old.resolve, &self.sides.new.resolve);
        let (from, to) = (&a.worlds[old], &b.worlds[new]);
        for is_export in [false, true] {
            let mut place = place.clone();
            let (items, others) = match is_export {
                false => {
                    place.roles = Roles::import(&place.path);
                    (&from.imports, &to.imports)
                }
                true => {
                    place.roles = Roles::export(&place.path);
                    (&from.exports, &to.exports)
                }
            };
            let before: Vec<(&WorldKey, &WorldItem)> = items.iter().collect();
            let mut after: Vec<(&WorldKey, &WorldItem)> = others.iter().collect();
            let pairs = self.pair_items(&before, &mut after);
            let (mut functions, mut other_functions) = (Vec::new(), Vec::new());
            for ((key, item), other) in before.iter().zip(&pairs) {
                match other {
                    Some((_, other)) => match (item, other) {
                        (WorldItem::Function(f), WorldItem::Function(g)) => {
                            functions.push(f);
                            other_functions.push(g);
                        }
                        _ => self.world_item(&place, key, item, other),
                    },
                    None => match item {
                        WorldItem::Function(f) if f.kind.resource().is_some() => functions.push(f),
                        _ => self.world_item_removed(&place, is_export, key, item),
                    },
                }
            }
            for (key, item) in after {
                match item {
                    WorldItem::Function(f) if f.kind.resource().is_some() => {
                        other_functions.push(f)
                    }
                    _ => self.world_item_added(&place, is_export, key, item),
                }
            }
            self.functions(&place, &functions, &other_functions);
        }
    }

    /// For each item of OLD that of NEW, which is taken out of `after`: by name, and for interfaces
    /// of packages that have a version by the same version, then a compatible, then any.
    fn pair_items<'i>(
        &self,
        before: &[(&'i WorldKey, &'i WorldItem)],
        after: &mut Vec<(&'i WorldKey, &'i WorldItem)>,
    ) -> Vec<Option<(&'i WorldKey, &'i WorldItem)>> {
        let mut pairs = vec![None; before.len()];
        for way in 0..3 {
            for (slot, (key, _)) in pairs.iter_mut().zip(before) {
                if slot.is_some() {
                    continue;
                }
                let found = after.iter().position(|(other, _)| match (key, other) {
                    (WorldKey::Name(a), WorldKey::Name(b)) => a == b,
                    (WorldKey::Interface(a), WorldKey::Interface(b)) => {
                        self.is_same_interface(*a, *b, way)
                    }
                    _ => false,
                });
                *slot = found.map(|i| after.remove(i));
            }
        }
        pairs
    }

    fn is_same_interface(&self, old: InterfaceId, new: InterfaceId, way: usize) -> bool {
        if let Some(other) = self.sides.interfaces.get(&old) {
            return *other == new;
        }
        let (a, b) = (self.before(), self.after());
        let (from, to) = (&a.interfaces[old], &b.interfaces[new]);
        let (Some(p), Some(q)) = (from.package, to.package) else {
            return false;
        };
        let (p, q) = (&a.packages[p].name, &b.packages[q].name);
        let is_compatible = match way {
            0 => p.version == q.version,
            1 => p.version.as_ref().map(track) == q.version.as_ref().map(track),
            _ => true,
        };
        from.name == to.name && plain(p) == plain(q) && is_compatible
    }

    fn world_item(&mut self, place: &Place, key: &WorldKey, old: &WorldItem, new: &WorldItem) {
        let (a, b) = (&self.sides.old.resolve, &self.sides.new.resolve);
        let name = key_name(a, key);
        match (old, new) {
            (WorldItem::Interface { id, .. }, WorldItem::Interface { id: other, .. }) => {
                if a.interfaces[*id].name.is_none() && b.interfaces[*other].name.is_none() {
                    let mut inner = place.clone();
                    inner.path = format!("{}#{name}", place.path);
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
                    let title = format!("`{}` uses `{name}` of `{q}`, before of `{p}`", place.path);
                    let rule = Rule::DependencyVersionChanged;
                    let (old, new) = (item_of(a, old), item_of(b, new));
                    self.report(rule, place, &name, title, Some(old), Some(new));
                }
            }
            (WorldItem::Type { id, .. }, WorldItem::Type { id: other, .. }) => {
                self.ty(place, &name, *id, *other);
            }
            _ => {
                let title = format!(
                    "`{name}` of world `{}` was {}, and now is {}",
                    place.path,
                    kind(old),
                    kind(new)
                );
                let (old, new) = (item_of(a, old), item_of(b, new));
                let rule = Rule::WorldItemKindChanged;
                self.report(rule, place, &name, title, Some(old), Some(new));
            }
        }
    }

    fn world_item_removed(
        &mut self,
        place: &Place,
        is_export: bool,
        key: &WorldKey,
        item: &WorldItem,
    ) {
        let resolve = &self.sides.old.resolve;
        let name = key_name(resolve, key);
        if let WorldItem::Type { id, .. } = item {
            return self.type_removed(place, &name, *id);
        }
        let (rule, verb) = match is_export {
            false => (Rule::WorldImportRemoved, "imports"),
            true => (Rule::WorldExportRemoved, "exports"),
        };
        let title = format!("world `{}` no longer {verb} `{name}`", place.path);
        let item = item_of(resolve, item);
        self.report(rule, place, &name, title, Some(item), None);
    }

    fn world_item_added(
        &mut self,
        place: &Place,
        is_export: bool,
        key: &WorldKey,
        item: &WorldItem,
    ) {
        let resolve = &self.sides.new.resolve;
        let name = key_name(resolve, key);
        if let WorldItem::Type { id, .. } = item {
            return self.type_added(place, &name, *id);
        }
        let (rule, verb) = match is_export {
            false => (Rule::WorldImportAdded, "imports"),
            true => (Rule::WorldExportAdded, "exports"),
        };
        let title = format!("world `{}` now {verb} `{name}`", place.path);
        let item = item_of(resolve, item);
        self.report(rule, place, &name, title, None, Some(item));
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
            // What a world only reaches through others has no place of its own.
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
            let package = interface.package.map(|p| plain(&resolve.packages[p].name));
            format!(
                "{}/{}",
                package.unwrap_or_default(),
                interface.name.as_deref().unwrap_or_default()
            )
        }
    }
}
