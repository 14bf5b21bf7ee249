//! The worlds of the shims.
//!
//! A shim exchanges items with the host under the names of the component's world. The same items
//! between shim and component need names and types of their own where a world cannot have both: one
//! name imported and exported, or a function outside of interfaces with a resource of an exported
//! interface. So they are put into interfaces of the reserved package.

use crate::lower::world::ComponentWorld;
use std::collections::HashMap;
use wit_parser::{
    Docs, Function, FunctionKind, Handle, IndexMap, Interface, InterfaceId, Package, PackageId,
    PackageName, Resolve, Span, Stability, Type, TypeDef, TypeDefKind, TypeId, TypeOwner, WorldId,
    WorldItem, WorldKey,
};

/// The interface with what is outside of interfaces in the component's world.
pub const ROOT: &str = "rules-wit:lower/root";

/// Items that a shim imports and exports.
pub struct Forward {
    /// The interface that it imports them from; `None` outside of interfaces.
    pub import: Option<WorldKey>,
    /// The interface that it exports them in.
    pub export: Option<WorldKey>,
    /// Functions, as it imports and exports them.
    pub functions: Vec<(Function, Function)>,
    /// Resources, as it imports and exports them.
    pub resources: Vec<(TypeId, TypeId)>,
}

/// The world of a shim.
pub struct Shim {
    pub resolve: Resolve,
    pub world: WorldId,
    pub forwards: Vec<Forward>,
    /// The names of interfaces that the component exports under another one.
    pub renamed: Vec<(String, String)>,
}

impl Shim {
    /// The names of the types in the interface that the shim imports for what it exports outside of
    /// interfaces.
    pub fn root_types(&self) -> Vec<String> {
        let roots = self.forwards.iter().filter(|f| f.export.is_none());
        let interfaces = roots.filter_map(|f| match &f.import {
            Some(WorldKey::Interface(id)) => Some(&self.resolve.interfaces[*id]),
            _ => None,
        });
        interfaces.flat_map(|i| i.types.keys().cloned()).collect()
    }
}

/// The world of the inner shim, which exports to the component what the component imports.
pub fn inner(world: &ComponentWorld) -> Shim {
    let mut builder = Builder::new(world, "rules-wit-inner");
    let items = world.world().imports.clone();
    let root = builder.clone_types(&items, false);
    let mut forwards = Vec::new();
    let mut exports = IndexMap::new();
    for (key, item) in &items {
        if let WorldItem::Interface { id, .. } = item {
            forwards.push(builder.forward((Some(key), *id), (Some(key), *id)));
            exports.insert(key.clone(), item.clone());
        }
    }
    if let Some(root) = root {
        let key = WorldKey::Interface(root);
        forwards.push(Forward {
            import: None,
            export: Some(key.clone()),
            functions: builder.root_functions(&items, root),
            resources: builder.resources(root, root),
        });
        exports.insert(key, interface_item(root));
    }
    let shim = &mut builder.resolve.worlds[builder.world];
    (shim.imports, shim.exports) = (items, exports);
    builder.finish(forwards)
}

/// The world of the outer shim, which imports from the component what the component exports.
pub fn outer(world: &ComponentWorld) -> Shim {
    let mut builder = Builder::new(world, "rules-wit-outer");
    let mut items = world.world().exports.clone();
    items.retain(|_, item| !matches!(item, WorldItem::Type { .. }));
    // Exported functions may use the types that the world imports.
    let mut imports = world.world().imports.clone();
    imports.retain(|_, item| !matches!(item, WorldItem::Function(_)));
    let mut all = items.clone();
    for (key, item) in &imports {
        if matches!(item, WorldItem::Type { .. }) {
            all.entry(key.clone()).or_insert_with(|| item.clone());
        }
    }
    let root = builder.clone_types(&all, true);
    let mut forwards = Vec::new();
    for (key, item) in &items {
        if let WorldItem::Interface { id, .. } = item {
            let clone = builder.interfaces[id];
            let clone_key = WorldKey::Interface(clone);
            forwards.push(builder.forward((Some(&clone_key), clone), (Some(key), *id)));
            let names = [&clone_key, key].map(|key| builder.resolve.name_world_key(key));
            let [clone_name, name] = names;
            builder.renamed.push((clone_name, name));
            imports.insert(clone_key, interface_item(clone));
        }
    }
    if let Some(root) = root {
        let functions = builder.root_functions(&items, root);
        if !functions.is_empty() {
            let key = WorldKey::Interface(root);
            forwards.push(Forward {
                import: Some(key.clone()),
                export: None,
                functions: functions.into_iter().map(|(a, b)| (b, a)).collect(),
                resources: Vec::new(),
            });
            imports.insert(key, interface_item(root));
        }
    }
    let shim = &mut builder.resolve.worlds[builder.world];
    (shim.imports, shim.exports) = (imports, items);
    builder.finish(forwards)
}

fn interface_item(id: InterfaceId) -> WorldItem {
    WorldItem::Interface {
        id,
        stability: Stability::Unknown,
        external_id: None,
        docs: Docs::default(),
        span: Span::default(),
    }
}

struct Builder {
    resolve: Resolve,
    world: WorldId,
    original: WorldId,
    package: PackageId,
    /// The clones of interfaces and types.
    interfaces: HashMap<InterfaceId, InterfaceId>,
    types: HashMap<TypeId, TypeId>,
    renamed: Vec<(String, String)>,
}

impl Builder {
    fn new(world: &ComponentWorld, name: &str) -> Self {
        let mut resolve = world.resolve.clone();
        let mut shim = world.world().clone();
        shim.name = name.to_owned();
        let owner = shim.package;
        let id = resolve.worlds.alloc(shim);
        if let Some(package) = owner {
            resolve.packages[package].worlds.insert(name.to_owned(), id);
        }
        let name = PackageName {
            namespace: "rules-wit".to_owned(),
            name: "lower".to_owned(),
            version: None,
        };
        let package = resolve.packages.alloc(Package {
            name: name.clone(),
            docs: Docs::default(),
            interfaces: IndexMap::new(),
            worlds: IndexMap::new(),
        });
        resolve.package_names.insert(name, package);
        Builder {
            resolve,
            world: id,
            original: world.id,
            package,
            interfaces: HashMap::new(),
            types: HashMap::new(),
            renamed: Vec::new(),
        }
    }

    fn finish(self, forwards: Vec<Forward>) -> Shim {
        Shim {
            resolve: self.resolve,
            world: self.world,
            forwards,
            renamed: self.renamed,
        }
    }

    fn interface(&mut self, name: String) -> InterfaceId {
        let id = self.resolve.interfaces.alloc(Interface {
            name: Some(name.clone()),
            types: IndexMap::new(),
            functions: IndexMap::new(),
            docs: Docs::default(),
            stability: Stability::Unknown,
            package: Some(self.package),
            span: Span::default(),
            clone_of: None,
        });
        let package = &mut self.resolve.packages[self.package];
        package.interfaces.insert(name, id);
        id
    }

    /// Clones the types outside of interfaces into an interface, which is returned if there are
    /// such items. With `interfaces`, clones the interfaces of the items, too.
    fn clone_types(
        &mut self,
        items: &IndexMap<WorldKey, WorldItem>,
        interfaces: bool,
    ) -> Option<InterfaceId> {
        let mut outside = Vec::new();
        for item in items.values() {
            match item {
                WorldItem::Interface { id, .. } if interfaces => {
                    let name = format!("exported{}", self.interfaces.len());
                    let clone = self.interface(name);
                    self.interfaces.insert(*id, clone);
                }
                WorldItem::Interface { .. } => {}
                WorldItem::Type { id, .. } => outside.push(*id),
                WorldItem::Function(_) => {}
            }
        }
        let any = |item: &WorldItem| !matches!(item, WorldItem::Interface { .. });
        let root = items.values().any(any);
        let root = root.then(|| self.interface("root".to_owned()));
        // Types follow the types that they contain.
        let all: Vec<TypeId> = self.resolve.types.iter().map(|(id, _)| id).collect();
        for id in all {
            let def = &self.resolve.types[id];
            let (owner, kind) = match def.owner {
                TypeOwner::Interface(i) => match self.interfaces.get(&i) {
                    Some(clone) => (TypeOwner::Interface(*clone), self.kind(&def.kind)),
                    None => continue,
                },
                TypeOwner::World(w) if w == self.original && outside.contains(&id) => {
                    let Some(root) = root else { continue };
                    // Outside of interfaces, `use` means an imported interface.
                    let kind = match &def.kind {
                        TypeDefKind::Type(Type::Id(used)) if !self.outside(*used) => {
                            def.kind.clone()
                        }
                        kind => self.kind(kind),
                    };
                    (TypeOwner::Interface(root), kind)
                }
                TypeOwner::World(_) => continue,
                TypeOwner::None => {
                    let kind = self.kind(&def.kind);
                    if kind == def.kind {
                        continue;
                    }
                    (TypeOwner::None, kind)
                }
            };
            let clone = TypeDef {
                kind,
                owner,
                ..def.clone()
            };
            let name = clone.name.clone();
            let clone = self.resolve.types.alloc(clone);
            self.types.insert(id, clone);
            if let (TypeOwner::Interface(interface), Some(name)) = (owner, name) {
                let interface = &mut self.resolve.interfaces[interface];
                interface.types.insert(name, clone);
            }
        }
        let clones: Vec<_> = self.interfaces.iter().map(|(a, b)| (*a, *b)).collect();
        for (original, clone) in clones {
            let functions = &self.resolve.interfaces[original].functions;
            let functions = functions
                .iter()
                .map(|(name, f)| (name.clone(), self.function(f)))
                .collect();
            self.resolve.interfaces[clone].functions = functions;
        }
        root
    }

    /// Whether a type is outside of interfaces.
    fn outside(&self, id: TypeId) -> bool {
        matches!(self.resolve.types[id].owner, TypeOwner::World(_))
    }

    /// Clones the functions outside of interfaces into an interface; returns both.
    fn root_functions(
        &mut self,
        items: &IndexMap<WorldKey, WorldItem>,
        root: InterfaceId,
    ) -> Vec<(Function, Function)> {
        let mut all = Vec::new();
        for item in items.values() {
            if let WorldItem::Function(function) = item {
                let clone = self.function(function);
                let functions = &mut self.resolve.interfaces[root].functions;
                functions.insert(clone.name.clone(), clone.clone());
                all.push((function.clone(), clone));
            }
        }
        all
    }

    fn forward(
        &self,
        import: (Option<&WorldKey>, InterfaceId),
        export: (Option<&WorldKey>, InterfaceId),
    ) -> Forward {
        let functions = |id: InterfaceId| self.resolve.interfaces[id].functions.values().cloned();
        Forward {
            import: import.0.cloned(),
            export: export.0.cloned(),
            functions: functions(import.1).zip(functions(export.1)).collect(),
            resources: self.resources(import.1, export.1),
        }
    }

    fn resources(&self, import: InterfaceId, export: InterfaceId) -> Vec<(TypeId, TypeId)> {
        let types = |id: InterfaceId| {
            let types = self.resolve.interfaces[id].types.values().copied();
            types.filter(|ty| matches!(self.resolve.types[*ty].kind, TypeDefKind::Resource))
        };
        types(import).zip(types(export)).collect()
    }

    fn function(&self, function: &Function) -> Function {
        let mut clone = function.clone();
        for param in &mut clone.params {
            param.ty = self.ty(param.ty);
        }
        clone.result = clone.result.map(|ty| self.ty(ty));
        clone.kind = match clone.kind {
            FunctionKind::Method(id) => FunctionKind::Method(self.id(id)),
            FunctionKind::Static(id) => FunctionKind::Static(self.id(id)),
            FunctionKind::Constructor(id) => FunctionKind::Constructor(self.id(id)),
            // Asynchronous functions are refused.
            kind => kind,
        };
        clone
    }

    fn id(&self, id: TypeId) -> TypeId {
        self.types.get(&id).copied().unwrap_or(id)
    }

    fn ty(&self, ty: Type) -> Type {
        match ty {
            Type::Id(id) => Type::Id(self.id(id)),
            other => other,
        }
    }

    /// The kind of a type, with clones for the types in it.
    fn kind(&self, kind: &TypeDefKind) -> TypeDefKind {
        let mut kind = kind.clone();
        match &mut kind {
            TypeDefKind::Record(r) => r.fields.iter_mut().for_each(|f| f.ty = self.ty(f.ty)),
            TypeDefKind::Tuple(t) => t.types.iter_mut().for_each(|ty| *ty = self.ty(*ty)),
            TypeDefKind::Variant(v) => {
                v.cases
                    .iter_mut()
                    .for_each(|c| c.ty = c.ty.map(|ty| self.ty(ty)));
            }
            TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => *id = self.id(*id),
            TypeDefKind::Option(ty)
            | TypeDefKind::List(ty)
            | TypeDefKind::FixedLengthList(ty, _)
            | TypeDefKind::Type(ty) => *ty = self.ty(*ty),
            TypeDefKind::Result(r) => {
                r.ok = r.ok.map(|ty| self.ty(ty));
                r.err = r.err.map(|ty| self.ty(ty));
            }
            TypeDefKind::Map(key, value) => {
                *key = self.ty(*key);
                *value = self.ty(*value);
            }
            // Futures and streams are refused.
            TypeDefKind::Future(_)
            | TypeDefKind::Stream(_)
            | TypeDefKind::Resource
            | TypeDefKind::Flags(_)
            | TypeDefKind::Enum(_)
            | TypeDefKind::Unknown => {}
        }
        kind
    }
}
