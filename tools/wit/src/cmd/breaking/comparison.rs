//! The state of a comparison, and how it reports findings.

use super::finding::{deprecated, since, Finding, Roles};
use super::rules::{Change, Rule};
use super::sides::Sides;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use wit_parser::{
    Docs, Function, InterfaceId, PackageId, Resolve, Span, Stability, TypeId, WorldId,
};

/// A comparison of two sides, and what it has found so far.
pub(super) struct Comparison<'a> {
    pub sides: Sides<'a>,
    pub findings: Vec<Finding>,
    /// The packages of NEW with changed documentation.
    pub redocumented: BTreeSet<usize>,
    /// The worlds that have each interface of OLD on both sides.
    pub roles: HashMap<InterfaceId, Rc<Roles>>,
}

/// The parent of an item: a package, interface or world.
#[derive(Clone)]
pub(super) struct Parent {
    pub packages: (Option<PackageId>, Option<PackageId>),
    /// Its path, without version: `ns:package/interface`.
    pub path: String,
    pub roles: Rc<Roles>,
}

/// One side of an item, for a finding.
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

    pub fn interface(resolve: &'s Resolve, id: InterfaceId) -> Self {
        let interface = &resolve.interfaces[id];
        Item {
            span: interface.span,
            stability: &interface.stability,
            docs: &interface.docs,
        }
    }

    pub fn world(resolve: &'s Resolve, id: WorldId) -> Self {
        let world = &resolve.worlds[id];
        Item {
            span: world.span,
            stability: &world.stability,
            docs: &world.docs,
        }
    }
}

impl Comparison<'_> {
    /// The packages of OLD.
    pub fn before(&self) -> &Resolve {
        &self.sides.old.resolve
    }

    /// The packages of NEW.
    pub fn after(&self) -> &Resolve {
        &self.sides.new.resolve
    }

    /// Adds a finding about the item `name` of `parent`, or about `parent` itself if `name` is empty.
    pub fn report(
        &mut self,
        rule: Rule,
        parent: &Parent,
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
            "" => parent.path.clone(),
            name => format!("{}#{name}", parent.path),
        };
        if let (Change::Added, Some(new)) = (rule.change(), new) {
            self.check_since(parent, &item, new);
        }
        self.findings.push(Finding {
            rule,
            packages: parent.packages,
            item,
            title,
            roles: parent.roles.clone(),
            old: old_site,
            new: new_site,
            notes,
        });
    }

    /// Adds a finding if a new item is gated with `@since` and a version of OLD, which lacks it.
    fn check_since(&mut self, parent: &Parent, item: &str, new: Item<'_>) {
        let before = parent.packages.0.map(|id| &self.before().packages[id].name);
        let version = before.and_then(|name| name.version.clone());
        if let (Some(since), Some(version)) = (since(new.stability), version) {
            if *since <= version {
                self.findings.push(Finding {
                    rule: Rule::SinceTooOld,
                    packages: parent.packages,
                    item: item.to_owned(),
                    title: format!(
                        "`{item}` has `@since(version = {since})`, but {version} lacks it"
                    ),
                    roles: Rc::default(),
                    old: None,
                    new: self.sides.new.site(new.span),
                    notes: Vec::new(),
                });
            }
        }
    }

    /// Compares the documentation and the gates of an item that both sides have.
    pub fn remarks(&mut self, parent: &Parent, name: &str, old: Item<'_>, new: Item<'_>) {
        if let (true, Some(id)) = (old.docs != new.docs, parent.packages.1) {
            self.redocumented.insert(id.index());
        }
        let path = match name {
            "" => parent.path.clone(),
            name => format!("{}#{name}", parent.path),
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
                    let title =
                        format!("the `@since` version of `{path}` changed from {before} to {now}");
                    (Rule::SinceChanged, title)
                }
                _ => return,
            },
        };
        self.report(rule, parent, name, title, Some(old), Some(new));
    }
}
