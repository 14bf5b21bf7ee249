//! Features: which `@unstable` items exist.

use wit_parser::{Resolve, Stability, UnresolvedPackageGroup, WorldItem};

/// Which `@unstable` items exist.
#[derive(Clone, Debug)]
pub enum Features {
    /// All items.
    All,
    /// The items of these features.
    Only(Vec<String>),
}

impl Features {
    /// An empty [`Resolve`] with the features enabled.
    pub(crate) fn open(&self) -> Resolve {
        let mut resolve = Resolve::new();
        match self {
            Features::All => resolve.all_features = true,
            Features::Only(names) => resolve.features.extend(names.iter().cloned()),
        }
        resolve
    }

    /// Removes types whose feature is disabled from the imports of worlds.
    ///
    /// The resolver does this for all other items. For these types it first looks up the removed
    /// type, and fails.
    pub(crate) fn drop_closed_uses(&self, group: &mut UnresolvedPackageGroup) {
        let Features::Only(open) = self else {
            return;
        };
        for package in std::iter::once(&mut group.main).chain(&mut group.nested) {
            let types = &package.types;
            for (_, world) in package.worlds.iter_mut() {
                world.imports.retain(|_, item| match item {
                    WorldItem::Type { id, .. } => match &types[*id].stability {
                        Stability::Unstable { feature, .. } => open.contains(feature),
                        _ => true,
                    },
                    _ => true,
                });
            }
        }
    }
}
