//! A limit on the size of encodings.
//!
//! The encoding of an interface repeats the types of all interfaces that it uses, directly or not. So
//! the size of an encoded package can be the square of that of its source.

use super::fault::Fault;
use std::collections::HashSet;
use wit_parser::{InterfaceId, PackageId, Resolve, WorldItem};

/// The maximum number of items in the encodings of all packages of a run.
const LIMIT: usize = 500_000;

/// How many items may still be encoded, `None` after more were needed.
pub struct Budget(Option<usize>);

impl Default for Budget {
    fn default() -> Self {
        Budget(Some(LIMIT))
    }
}

impl Budget {
    #[cfg(test)]
    pub(super) fn of(items: usize) -> Self {
        Budget(Some(items))
    }

    /// Whether there was not enough left for a package. The packages after it are not encoded.
    pub(super) fn is_exceeded(&self) -> bool {
        self.0.is_none()
    }

    /// Takes the size of an encoded package. Returns an error if there is not enough left; then the
    /// time and memory of this function have the same limit.
    pub(super) fn take(&mut self, resolve: &Resolve, package: PackageId) -> Option<Fault> {
        let package = &resolve.packages[package];
        for (name, id) in &package.interfaces {
            if !self.interfaces(resolve, vec![*id]) {
                let what = format!("interface `{name}`");
                return Some(self.fault(&what, resolve.interfaces[*id].span));
            }
        }
        for (name, id) in &package.worlds {
            let world = &resolve.worlds[*id];
            for item in world.imports.values().chain(world.exports.values()) {
                let items = match item {
                    WorldItem::Interface { id, .. } => items(resolve, *id),
                    WorldItem::Function(_) | WorldItem::Type { .. } => 1,
                };
                if !self.spend(items) {
                    return Some(self.fault(&format!("world `{name}`"), world.span));
                }
            }
        }
        None
    }

    /// Takes the sizes of interfaces, and of those that they use.
    fn interfaces(&mut self, resolve: &Resolve, mut open: Vec<InterfaceId>) -> bool {
        let mut seen: HashSet<InterfaceId> = open.iter().copied().collect();
        while let Some(id) = open.pop() {
            if !self.spend(items(resolve, id)) {
                return false;
            }
            open.extend(
                resolve
                    .interface_direct_deps(id)
                    .filter(|dep| seen.insert(*dep)),
            );
        }
        true
    }

    fn spend(&mut self, items: usize) -> bool {
        self.0 = self.0.and_then(|left| left.checked_sub(items));
        self.0.is_some()
    }

    fn fault(&self, what: &str, span: wit_parser::Span) -> Fault {
        Fault {
            title: format!("{what} is too large: the encoded packages have over {LIMIT} items"),
            spans: vec![(span, String::new())],
            hint: "an encoded interface repeats the types of all interfaces that it uses: split the packages".to_owned(),
        }
    }
}

/// The number of items of an interface, at least 1.
fn items(resolve: &Resolve, id: InterfaceId) -> usize {
    let interface = &resolve.interfaces[id];
    1 + interface.types.len() + interface.functions.len()
}
