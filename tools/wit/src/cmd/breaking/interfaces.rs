//! Compares interfaces.

use super::comparison::{Comparison, Item, Parent};
use super::rules::Rule;
use wit_parser::{Function, InterfaceId, TypeDefKind, TypeId};

impl Comparison<'_> {
    /// Compares two interfaces of the same name.
    pub fn interface(&mut self, parent: &Parent, old: InterfaceId, new: InterfaceId) {
        let (a, b) = (&self.sides.old.resolve, &self.sides.new.resolve);
        let (from, to) = (&a.interfaces[old], &b.interfaces[new]);
        for (name, id) in &from.types {
            match to.types.get(name) {
                Some(other) => self.ty(parent, name, *id, *other),
                None => self.type_removed(parent, name, *id),
            }
        }
        for (name, id) in &to.types {
            if !from.types.contains_key(name) {
                self.type_added(parent, name, *id);
            }
        }
        let (from, to): (Vec<&Function>, Vec<&Function>) = (
            from.functions.values().collect(),
            to.functions.values().collect(),
        );
        self.functions(parent, &from, &to);
    }

    /// Reports a removed type.
    pub fn type_removed(&mut self, parent: &Parent, name: &str, id: TypeId) {
        let resolve = &self.sides.old.resolve;
        let (rule, what) = match resolve.types[id].kind {
            TypeDefKind::Resource => (Rule::ResourceRemoved, "resource"),
            _ => (Rule::TypeRemoved, "type"),
        };
        let title = format!("{what} `{name}` of `{}` was removed", parent.path);
        let item = Item::ty(resolve, id);
        self.report(rule, parent, name, title, Some(item), None);
    }

    /// Reports an added type.
    pub fn type_added(&mut self, parent: &Parent, name: &str, id: TypeId) {
        let resolve = &self.sides.new.resolve;
        let (rule, what) = match resolve.types[id].kind {
            TypeDefKind::Resource => (Rule::ResourceAdded, "resource"),
            _ => (Rule::TypeAdded, "type"),
        };
        let title = format!("{what} `{name}` of `{}` was added", parent.path);
        let item = Item::ty(resolve, id);
        self.report(rule, parent, name, title, None, Some(item));
    }
}
