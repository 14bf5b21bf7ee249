//! Comparing packages, interfaces and worlds.

use super::finding::{deprecated, since, Finding, Roles};
use super::rules::{Change, Rule};
use super::sides::Sides;
use crate::packages::Packages;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use wit_parser::{
    Docs, Function, InterfaceId, PackageId, PackageName, Resolve, Span, Stability, TypeDefKind,
    TypeId, WorldId, WorldItem,
};

/// The comparison as it goes on.
pub(super) struct Comparison<'a> {
    pub sides: Sides<'a>,
    pub findings: Vec<Finding>,
    /// Packages of NEW with other documentation.
    pub redocumented: BTreeSet<usize>,
    roles: HashMap<InterfaceId, Rc<Roles>>,
}

/// Where an item belongs.
#[derive(Clone)]
pub(super) struct Place {
    pub packages: (Option<PackageId>, Option<PackageId>),
    /// `ns:package/interface`.
    pub path: String,
    pub roles: Rc<Roles>,
}

/// One side of an item, for reporting.
#[derive(Clone, Copy)]
pub(super) struct Item<'s> {
    pub span: Span,
    pub stability: &'s Stability,
    pub docs: &'s Docs,
}

impl<'s> Item<'s> {
    pub fn function(function: &'s Function) -> Self {
        Item {
            span: function.span,
            stability: &function.stability,
            docs: &function.docs,
        }
    }

    pub fn ty(resolve: &'s Resolve, id: TypeId) -> Self {
        let ty = &resolve.types[id];
        Item {
            span: ty.span,
            stability: &ty.stability,
            docs: &ty.docs,
        }
    }

    fn interface(resolve: &'s Resolve, id: InterfaceId) -> Self {
        let interface = &resolve.interfaces[id];
        Item {
            span: interface.span,
            stability: &interface.stability,
            docs: &interface.docs,
        }
    }

    fn world(resolve: &'s Resolve, id: WorldId) -> Self {
        let world = &resolve.worlds[id];
        Item {
            span: world.span,
            stability: &world.stability,
            docs: &world.docs,
        }
    }
}

/// `ns:package`.
pub(super) fn plain(name: &PackageName) -> String {
    format!("{}:{}", name.namespace, name.name)
}

/// Compares all packages.
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

/// For each interface of OLD the worlds that have it on both sides, the same way round.
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
                plain(&sides.old.resolve.packages[p].name),
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
    pub fn before(&self) -> &Resolve {
        &self.sides.old.resolve
    }

    pub fn after(&self) -> &Resolve {
        &self.sides.new.resolve
    }

    /// Reports a change of an item, `name` in `place`, or the place itself where that is empty.
    pub fn report(
        &mut self,
        rule: Rule,
        place: &Place,
        name: &str,
        title: String,
        old: Option<Item<'_>>,
        new: Option<Item<'_>>,
    ) {
        let mut notes = Vec::new();
        if let (Change::Removed, Some(version)) =
            (rule.change(), old.and_then(|i| deprecated(i.stability)))
        {
            notes.push(format!("it was deprecated since {version}"));
        }
        let old_site = old.and_then(|i| self.sides.old.site(i.span));
        let new_site = new.and_then(|i| self.sides.new.site(i.span));
        let item = match name {
            "" => place.path.clone(),
            name => format!("{}#{name}", place.path),
        };
        if let (Change::Added, Some(new)) = (rule.change(), new) {
            self.check_since(place, &item, new);
        }
        self.findings.push(Finding {
            rule,
            packages: place.packages,
            item,
            title,
            roles: place.roles.clone(),
            old: old_site,
            new: new_site,
            notes,
        });
    }

    /// What is new cannot be there since a version that did not have it.
    fn check_since(&mut self, place: &Place, item: &str, new: Item<'_>) {
        let before = place.packages.0.map(|id| &self.before().packages[id].name);
        let version = before.and_then(|name| name.version.clone());
        if let (Some(since), Some(version)) = (since(new.stability), version) {
            if *since <= version {
                self.findings.push(Finding {
                    rule: Rule::SinceTooOld,
                    packages: place.packages,
                    item: item.to_owned(),
                    title: format!(
                        "`{item}` says that it is there since {since}, but {version} has it not"
                    ),
                    roles: Rc::default(),
                    old: None,
                    new: self.sides.new.site(new.span),
                    notes: Vec::new(),
                });
            }
        }
    }

    /// Compares what stands around an item that both sides have.
    pub fn remarks(&mut self, place: &Place, name: &str, old: Item<'_>, new: Item<'_>) {
        if let (true, Some(id)) = (old.docs != new.docs, place.packages.1) {
            self.redocumented.insert(id.index());
        }
        let path = match name {
            "" => place.path.clone(),
            name => format!("{}#{name}", place.path),
        };
        let (rule, title) = match (deprecated(old.stability), deprecated(new.stability)) {
            (None, Some(version)) => {
                let title = format!("`{path}` is deprecated since {version}");
                (Rule::ItemDeprecated, title)
            }
            (Some(_), None) => {
                let title = format!("`{path}` is no longer deprecated");
                (Rule::ItemUndeprecated, title)
            }
            _ => match (since(old.stability), since(new.stability)) {
                (Some(before), Some(now)) if before != now => {
                    let title = format!("`{path}` was there since {before}, and now since {now}");
                    (Rule::SinceChanged, title)
                }
                _ => return,
            },
        };
        self.report(rule, place, name, title, Some(old), Some(new));
    }

    fn packages(&mut self) {
        for id in self.sides.gone.clone() {
            let name = self.before().packages[id].name.clone();
            let place = Place {
                packages: (Some(id), None),
                path: name.to_string(),
                roles: Rc::default(),
            };
            let title = format!("package `{name}` is gone");
            self.report(Rule::PackageRemoved, &place, "", title, None, None);
        }
        for id in self.sides.fresh.clone() {
            let name = self.after().packages[id].name.clone();
            let place = Place {
                packages: (None, Some(id)),
                path: name.to_string(),
                roles: Rc::default(),
            };
            let title = format!("package `{name}` is new");
            self.report(Rule::PackageAdded, &place, "", title, None, None);
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
        let name = plain(&from.name);
        let place = |item: &str| Place {
            packages: (Some(old), Some(new)),
            path: format!("{name}/{item}"),
            roles: Rc::default(),
        };
        for (item, id) in &from.interfaces {
            let mut place = place(item);
            let before = Item::interface(&a.resolve, *id);
            let Some(other) = to.interfaces.get(item) else {
                let title = format!("interface `{}` is gone", place.path);
                self.report(
                    Rule::InterfaceRemoved,
                    &place,
                    "",
                    title,
                    Some(before),
                    None,
                );
                continue;
            };
            let after = Item::interface(&b.resolve, *other);
            place.roles = self.roles.get(id).cloned().unwrap_or_default();
            self.remarks(&place, "", before, after);
            self.interface(&place, *id, *other);
        }
        for (item, id) in &to.interfaces {
            if !from.interfaces.contains_key(item) {
                let (place, after) = (place(item), Item::interface(&b.resolve, *id));
                let title = format!("interface `{}` is new", place.path);
                self.report(Rule::InterfaceAdded, &place, "", title, None, Some(after));
            }
        }
        for (item, id) in &from.worlds {
            let (place, before) = (place(item), Item::world(&a.resolve, *id));
            let Some(other) = to.worlds.get(item) else {
                let title = format!("world `{}` is gone", place.path);
                self.report(Rule::WorldRemoved, &place, "", title, Some(before), None);
                continue;
            };
            self.remarks(&place, "", before, Item::world(&b.resolve, *other));
            self.world(&place, *id, *other);
        }
        for (item, id) in &to.worlds {
            if !from.worlds.contains_key(item) {
                let (place, after) = (place(item), Item::world(&b.resolve, *id));
                let title = format!("world `{}` is new", place.path);
                self.report(Rule::WorldAdded, &place, "", title, None, Some(after));
            }
        }
    }

    /// Compares two interfaces of one name.
    pub fn interface(&mut self, place: &Place, old: InterfaceId, new: InterfaceId) {
        let (a, b) = (&self.sides.old.resolve, &self.sides.new.resolve);
        let (from, to) = (&a.interfaces[old], &b.interfaces[new]);
        for (name, id) in &from.types {
            match to.types.get(name) {
                Some(other) => self.ty(place, name, *id, *other),
                None => self.type_removed(place, name, *id),
            }
        }
        for (name, id) in &to.types {
            if !from.types.contains_key(name) {
                self.type_added(place, name, *id);
            }
        }
        let (from, to): (Vec<&Function>, Vec<&Function>) = (
            from.functions.values().collect(),
            to.functions.values().collect(),
        );
        self.functions(place, &from, &to);
    }

    pub fn type_removed(&mut self, place: &Place, name: &str, id: TypeId) {
        let resolve = &self.sides.old.resolve;
        let (rule, what) = match resolve.types[id].kind {
            TypeDefKind::Resource => (Rule::ResourceRemoved, "resource"),
            _ => (Rule::TypeRemoved, "type"),
        };
        let title = format!("{what} `{name}` of `{}` is gone", place.path);
        let item = Item::ty(resolve, id);
        self.report(rule, place, name, title, Some(item), None);
    }

    pub fn type_added(&mut self, place: &Place, name: &str, id: TypeId) {
        let resolve = &self.sides.new.resolve;
        let (rule, what) = match resolve.types[id].kind {
            TypeDefKind::Resource => (Rule::ResourceAdded, "resource"),
            _ => (Rule::TypeAdded, "type"),
        };
        let title = format!("{what} `{name}` of `{}` is new", place.path);
        let item = Item::ty(resolve, id);
        self.report(rule, place, name, title, None, Some(item));
    }
}
