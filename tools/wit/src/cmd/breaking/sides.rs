//! Pairs the old items with the new ones.

use crate::packages::Packages;
use semver::Version;
use std::collections::{BTreeMap, HashMap, HashSet};
use wit_parser::{
    Handle, InterfaceId, PackageId, PackageName, Resolve, Type, TypeDefKind, TypeId, TypeOwner,
    WorldId, WorldItem, WorldKey,
};

/// The old and the new packages.
pub(super) struct Sides<'a> {
    pub old: &'a Packages,
    pub new: &'a Packages,
    /// The packages to compare.
    pub packages: Vec<(PackageId, PackageId)>,
    /// The packages of OLD that NEW lacks.
    pub gone: Vec<PackageId>,
    /// The packages of NEW that OLD lacks.
    pub fresh: Vec<PackageId>,
    pub interfaces: HashMap<InterfaceId, InterfaceId>,
    pub worlds: HashMap<WorldId, WorldId>,
}

impl<'a> Sides<'a> {
    pub fn new(old: &'a Packages, new: &'a Packages) -> Self {
        let (a, b) = (&old.resolve, &new.resolve);
        let (packages, gone, fresh) = pair_packages(old, new);
        let mut sides = Sides {
            old,
            new,
            packages,
            gone,
            fresh,
            interfaces: HashMap::new(),
            worlds: HashMap::new(),
        };
        for (from, to) in &sides.packages {
            let (from, to) = (&a.packages[*from], &b.packages[*to]);
            for (name, interface) in &from.interfaces {
                if let Some(other) = to.interfaces.get(name) {
                    sides.interfaces.insert(*interface, *other);
                }
            }
            for (name, world) in &from.worlds {
                let Some(other) = to.worlds.get(name) else {
                    continue;
                };
                sides.worlds.insert(*world, *other);
                let (from, to) = (&a.worlds[*world], &b.worlds[*other]);
                for (items, others) in [(&from.imports, &to.imports), (&from.exports, &to.exports)]
                {
                    for (key, item) in items {
                        let pair = (inline(a, key, item), others.get(key));
                        if let (Some(id), Some(WorldItem::Interface { id: other, .. })) = pair {
                            sides.interfaces.insert(id, *other);
                        }
                    }
                }
            }
        }
        sides
    }

    /// Whether two types, or their absence, are the same in the canonical ABI. Named types that are
    /// paired count as the same, as they are compared and reported by themselves.
    pub fn same(&self, old: Option<Type>, new: Option<Type>) -> bool {
        self.same_opt(old, new, &mut HashMap::new())
    }

    /// Whether the definitions of two types are the same.
    pub fn same_definition(&self, old: TypeId, new: TypeId) -> bool {
        // Compare the targets of aliases: the aliases themselves have the same name.
        let (a, b) = (&self.old.resolve.types[old], &self.new.resolve.types[new]);
        let seen = &mut HashMap::new();
        match (&a.kind, &b.kind) {
            (TypeDefKind::Type(a), TypeDefKind::Type(b)) => self.same_type(*a, *b, seen),
            (TypeDefKind::Type(a), _) => self.same_type(*a, Type::Id(new), seen),
            (_, TypeDefKind::Type(b)) => self.same_type(Type::Id(old), *b, seen),
            _ => self.same_kind(old, new, seen),
        }
    }

    fn same_opt(&self, old: Option<Type>, new: Option<Type>, seen: &mut Seen) -> bool {
        match (old, new) {
            (Some(a), Some(b)) => self.same_type(a, b, seen),
            (None, None) => true,
            _ => false,
        }
    }

    fn same_type(&self, old: Type, new: Type, seen: &mut Seen) -> bool {
        if let (Type::Id(a), Type::Id(b)) = (old, new) {
            if self.is_pair(a, b) {
                return true;
            }
        }
        let (old, new) = (base(&self.old.resolve, old), base(&self.new.resolve, new));
        let (Type::Id(a), Type::Id(b)) = (old, new) else {
            return old == new;
        };
        if self.is_pair(a, b) {
            return true;
        }
        if let Some(known) = seen.get(&(a, b)) {
            return *known;
        }
        let same = self.same_kind(a, b, seen);
        seen.insert((a, b), same);
        same
    }

    /// Whether two types are paired: they have the same name, and are compared by themselves.
    pub fn is_pair(&self, old: TypeId, new: TypeId) -> bool {
        let (a, b) = (&self.old.resolve.types[old], &self.new.resolve.types[new]);
        a.name.is_some()
            && a.name == b.name
            && match (a.owner, b.owner) {
                (TypeOwner::Interface(a), TypeOwner::Interface(b)) => {
                    self.interfaces.get(&a) == Some(&b)
                }
                (TypeOwner::World(a), TypeOwner::World(b)) => self.worlds.get(&a) == Some(&b),
                _ => false,
            }
    }

    fn same_kind(&self, old: TypeId, new: TypeId, seen: &mut Seen) -> bool {
        use TypeDefKind as K;
        let (a, b) = (
            &self.old.resolve.types[old].kind,
            &self.new.resolve.types[new].kind,
        );
        match (a, b) {
            (K::Record(a), K::Record(b)) => {
                a.fields.len() == b.fields.len()
                    && (a.fields.iter().zip(&b.fields))
                        .all(|(a, b)| a.name == b.name && self.same_type(a.ty, b.ty, seen))
            }
            (K::Variant(a), K::Variant(b)) => {
                a.cases.len() == b.cases.len()
                    && (a.cases.iter().zip(&b.cases))
                        .all(|(a, b)| a.name == b.name && self.same_opt(a.ty, b.ty, seen))
            }
            (K::Enum(a), K::Enum(b)) => {
                let names = a.cases.iter().map(|c| &c.name);
                names.eq(b.cases.iter().map(|c| &c.name))
            }
            (K::Flags(a), K::Flags(b)) => {
                let names = a.flags.iter().map(|c| &c.name);
                names.eq(b.flags.iter().map(|c| &c.name))
            }
            (K::Tuple(a), K::Tuple(b)) => {
                a.types.len() == b.types.len()
                    && (a.types.iter().zip(&b.types)).all(|(a, b)| self.same_type(*a, *b, seen))
            }
            (K::Handle(Handle::Own(a)), K::Handle(Handle::Own(b)))
            | (K::Handle(Handle::Borrow(a)), K::Handle(Handle::Borrow(b))) => {
                self.same_type(Type::Id(*a), Type::Id(*b), seen)
            }
            (K::Resource, K::Resource) => self.same_resource(old, new),
            (K::Option(a), K::Option(b)) | (K::List(a), K::List(b)) => self.same_type(*a, *b, seen),
            (K::FixedLengthList(a, n), K::FixedLengthList(b, m)) => {
                n == m && self.same_type(*a, *b, seen)
            }
            (K::Map(k, v), K::Map(l, w)) => {
                self.same_type(*k, *l, seen) && self.same_type(*v, *w, seen)
            }
            (K::Result(a), K::Result(b)) => {
                self.same_opt(a.ok, b.ok, seen) && self.same_opt(a.err, b.err, seen)
            }
            (K::Future(a), K::Future(b)) | (K::Stream(a), K::Stream(b)) => {
                self.same_opt(*a, *b, seen)
            }
            _ => false,
        }
    }

    /// Whether two resources have the same name. The version of the package is ignored, as a changed
    /// one is reported once, for the package.
    fn same_resource(&self, old: TypeId, new: TypeId) -> bool {
        let name = |resolve: &Resolve, id: TypeId| {
            let ty = &resolve.types[id];
            let owner = match ty.owner {
                TypeOwner::Interface(id) => {
                    let interface = &resolve.interfaces[id];
                    (interface.package, interface.name.clone()?)
                }
                TypeOwner::World(id) => {
                    let world = &resolve.worlds[id];
                    (world.package, world.name.clone())
                }
                TypeOwner::None => return None,
            };
            let package = &resolve.packages[owner.0?].name;
            let package = (package.namespace.clone(), package.name.clone());
            Some((package, owner.1, ty.name.clone()?))
        };
        let old = name(&self.old.resolve, old);
        old.is_some() && old == name(&self.new.resolve, new)
    }
}

type Seen = HashMap<(TypeId, TypeId), bool>;

/// The inline interface of an item of a world.
fn inline(resolve: &Resolve, key: &WorldKey, item: &WorldItem) -> Option<InterfaceId> {
    match (key, item) {
        (WorldKey::Name(_), WorldItem::Interface { id, .. }) => {
            resolve.interfaces[*id].name.is_none().then_some(*id)
        }
        _ => None,
    }
}

/// The type behind all aliases.
fn base(resolve: &Resolve, mut ty: Type) -> Type {
    while let Type::Id(id) = ty {
        match resolve.types[id].kind {
            TypeDefKind::Type(target) => ty = target,
            _ => break,
        }
    }
    ty
}

/// The part of a version that compatible versions share.
pub(super) fn track(version: &Version) -> (u64, u64, u64) {
    match (version.major, version.minor) {
        (0, 0) => (0, 0, version.patch),
        (0, minor) => (0, minor, 0),
        (major, _) => (major, 0, 0),
    }
}

type Pairs = (Vec<(PackageId, PackageId)>, Vec<PackageId>, Vec<PackageId>);

/// Pairs the packages of both sides: by the same version, then a compatible one, then any, the newest
/// first. Returns the pairs, the rest of OLD and the rest of NEW.
fn pair_packages(old: &Packages, new: &Packages) -> Pairs {
    type Key<'a> = (&'a str, &'a str);
    fn by_name<'a>(side: &'a Packages) -> BTreeMap<Key<'a>, Vec<PackageId>> {
        let mut out: BTreeMap<Key<'a>, Vec<PackageId>> = BTreeMap::new();
        for id in &side.own {
            let name = &side.resolve.packages[*id].name;
            let key = (name.namespace.as_str(), name.name.as_str());
            out.entry(key).or_default().push(*id);
        }
        out
    }
    let (mut before, mut after) = (by_name(old), by_name(new));
    let version = |side: &Packages, id: PackageId| side.resolve.packages[id].name.version.clone();
    let mut pairs = Vec::new();
    for (key, olds) in &mut before {
        let Some(news) = after.get_mut(key) else {
            continue;
        };
        type Fits = fn(&Option<Version>, &Option<Version>) -> bool;
        let compatible: Fits = |a, b| a.as_ref().map(track) == b.as_ref().map(track);
        let ways: [Fits; 3] = [|a, b| a == b, compatible, |_, _| true];
        for fits in ways {
            // The newest first.
            for i in (0..olds.len()).rev() {
                let a = version(old, olds[i]);
                let found = news.iter().rposition(|b| fits(&a, &version(new, *b)));
                if let Some(j) = found {
                    pairs.push((olds.remove(i), news.remove(j)));
                }
            }
        }
    }
    let is_in = |side: &Packages, name: &PackageName| {
        let mut all = side.resolve.packages.iter().map(|(_, p)| &p.name);
        all.any(|n| n.namespace == name.namespace && n.name == name.name)
    };
    let name = |side: &Packages, id: &PackageId| side.resolve.packages[*id].name.clone();
    // Another version of a package that the other side has as a dependency is neither gone nor new.
    let paired: HashSet<(String, String)> = pairs
        .iter()
        .map(|(id, _)| name(old, id))
        .map(|n| (n.namespace, n.name))
        .collect();
    let is_paired = |n: &PackageName| paired.contains(&(n.namespace.clone(), n.name.clone()));
    let gone = (before.into_values().flatten())
        .filter(|id| is_paired(&name(old, id)) || !is_in(new, &name(old, id)))
        .collect();
    let fresh = (after.into_values().flatten())
        .filter(|id| is_paired(&name(new, id)) || !is_in(old, &name(new, id)))
        .collect();
    pairs.sort_by_key(|(id, _)| name(old, id));
    (pairs, gone, fresh)
}
