//! What each import of each instance is, and the index that it has in the merged module.

use super::crash;
use super::front;
use super::parse::{kind_of, Parsed};
use super::translate::{builtin, entity, Translated};
use rules_wit_common::Result;
use std::collections::{BTreeMap, HashMap};
use wasmtime_environ::component::{
    CoreDef, ExportItem, GlobalInitializer, InstantiateModule, StaticModuleIndex, TrampolineIndex,
};

/// What an index counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Func,
    Table,
    Memory,
    Global,
    Tag,
}

impl From<Kind> for wasm_encoder::ExportKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Func => Self::Func,
            Kind::Table => Self::Table,
            Kind::Memory => Self::Memory,
            Kind::Global => Self::Global,
            Kind::Tag => Self::Tag,
        }
    }
}

/// All kinds.
pub const KINDS: [Kind; 5] = [
    Kind::Func,
    Kind::Table,
    Kind::Memory,
    Kind::Global,
    Kind::Tag,
];

/// What an import is bound to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Def {
    /// An item of another instance, by its index there.
    Item(usize, Kind, u32),
    /// A function of the runtime.
    Trampoline(TrampolineIndex),
    /// Whether a component instance may call others.
    Flags(u32),
    /// A function of the host: the index among all of them.
    Host(u32),
}

/// One instance of a module.
pub struct Instance<'a> {
    pub module: std::rc::Rc<Parsed<'a>>,
    /// What its imports are bound to, in their order.
    pub imports: Vec<Def>,
    /// The component instance that it belongs to.
    pub owner: Option<u32>,
    /// The instance whose first memory and globals this one has for its own.
    pub twin: Option<usize>,
    /// The merged index of what is defined here first, of each kind.
    pub base: [u32; 5],
    /// How many imports there are of each kind.
    imported: [u32; 5],
}

impl<'a> Instance<'a> {
    /// An instance whose items have no index yet.
    pub fn new(module: std::rc::Rc<Parsed<'a>>, imports: Vec<Def>, owner: Option<u32>) -> Self {
        let imported = KINDS.map(|kind| module.imported(kind));
        Instance {
            module,
            imports,
            owner,
            twin: None,
            base: [0; 5],
            imported,
        }
    }

    /// What the import with the given index of its kind is bound to.
    fn import(&self, kind: Kind, index: u32) -> Option<&Def> {
        let same_kind = self.module.imports.iter().zip(&self.imports);
        same_kind
            .filter(|(import, _)| kind_of(&import.ty) == kind)
            .nth(index as usize)
            .map(|(_, def)| def)
    }

    /// How many items it has in common with its twin.
    pub fn shared(&self, kind: Kind) -> u32 {
        match (self.twin, kind) {
            (Some(_), Kind::Memory) => 1,
            (Some(_), Kind::Global) => front::SHARED_GLOBALS,
            _ => 0,
        }
    }
}

/// A component as instances of modules.
pub struct Linked<'a> {
    pub instances: Vec<Instance<'a>>,
    pub inner: Option<usize>,
    pub outer: usize,
    /// Module, name and type of the functions that the host has: the type by the instance of it.
    pub host: Vec<(&'a str, &'a str, usize, u32)>,
    /// Of each resource that a component defines: its destructor and the component instance.
    pub resources: HashMap<u32, (Option<Def>, u32)>,
    /// The memories that strings are copied between.
    pub memories: HashMap<u32, Def>,
    /// What stands for a trampoline: a function of an instance of the runtime.
    pub trampolines: HashMap<TrampolineIndex, (usize, u32)>,
    /// The merged index of the flags of a component instance.
    pub flags: BTreeMap<u32, u32>,
}

impl<'a> Linked<'a> {
    /// Follows the initializers of the component.
    pub fn new(translated: &'a Translated<'a>) -> Result<Self> {
        let mut linker = Linker::new(translated)?;
        for initializer in &translated.component.component.initializers {
            linker.step(initializer)?;
        }
        let Some(outer) = linker.outer else {
            return Err(crash("the side of the host").into());
        };
        let mut linked = linker.linked;
        linked.inner = linker.inner;
        linked.outer = outer;
        if let Some(inner) = linked.inner {
            linked.instances[outer].twin = Some(inner);
        }
        Ok(linked)
    }

    /// Gives every item its index. Memory 0 is the one that the host sees.
    pub fn number(&mut self) {
        let first = self.inner.unwrap_or(self.outer);
        let mut next = [0; 5];
        next[Kind::Func as usize] = self.host.len() as u32;
        next[Kind::Global as usize] = self.flags.len() as u32;
        let order = std::iter::once(first).chain((0..self.instances.len()).filter(|i| *i != first));
        for i in order.collect::<Vec<_>>() {
            let instance = &mut self.instances[i];
            for kind in KINDS {
                let shared = instance.shared(kind);
                // May be less than what is shared: never used for what is shared.
                instance.base[kind as usize] = next[kind as usize].wrapping_sub(shared);
                next[kind as usize] += instance.module.defined(kind) - shared;
            }
        }
    }

    /// The instances in the order of their items' indices.
    pub fn order(&self) -> Vec<usize> {
        let first = self.inner.unwrap_or(self.outer);
        std::iter::once(first)
            .chain((0..self.instances.len()).filter(|i| *i != first))
            .collect()
    }

    /// Where an item of an instance comes from, by way of any imports.
    pub fn origin(&self, instance: usize, kind: Kind, index: u32) -> Option<Def> {
        let (mut instance, mut index) = (instance, index);
        // Imports only lead to earlier instances, the runtime to none.
        for _ in 0..=self.instances.len() {
            let this = self.instances.get(instance)?;
            if index >= this.imported[kind as usize] {
                let defined = index - this.imported[kind as usize];
                match this.twin {
                    Some(twin) if defined < this.shared(kind) => {
                        let imported = self.instances[twin].imported[kind as usize];
                        return Some(Def::Item(twin, kind, imported + defined));
                    }
                    _ => return Some(Def::Item(instance, kind, index)),
                }
            }
            match this.import(kind, index)? {
                Def::Item(i, _, n) => (instance, index) = (*i, *n),
                Def::Trampoline(t) => match self.trampolines.get(t) {
                    Some((i, n)) => (instance, index) = (*i, *n),
                    None => return Some(Def::Trampoline(*t)),
                },
                other => return Some(other.clone()),
            }
        }
        None
    }

    /// The merged index of an item of an instance.
    pub fn index(&self, instance: usize, kind: Kind, index: u32) -> Option<u32> {
        match self.origin(instance, kind, index)? {
            Def::Item(i, kind, n) => {
                let instance = &self.instances[i];
                let defined = n - instance.imported[kind as usize];
                Some(instance.base[kind as usize].wrapping_add(defined))
            }
            Def::Flags(n) => self.flags.get(&n).copied(),
            Def::Host(n) => Some(n),
            Def::Trampoline(_) => None,
        }
    }

    /// The function that an instance exports by a name.
    pub fn export(&self, instance: usize, name: &str) -> Option<u32> {
        match self.instances[instance].module.exports.get(name) {
            Some((Kind::Func, index)) => Some(*index),
            _ => None,
        }
    }
}

struct Linker<'a> {
    translated: &'a Translated<'a>,
    parsed: HashMap<StaticModuleIndex, std::rc::Rc<Parsed<'a>>>,
    linked: Linked<'a>,
    inner: Option<usize>,
    outer: Option<usize>,
}

impl<'a> Linker<'a> {
    fn new(translated: &'a Translated<'a>) -> Result<Self> {
        let mut parsed = HashMap::new();
        for (index, module) in &translated.modules {
            parsed.insert(index, std::rc::Rc::new(Parsed::new(module.wasm)?));
        }
        Ok(Linker {
            translated,
            parsed,
            linked: Linked {
                instances: Vec::new(),
                inner: None,
                outer: 0,
                host: Vec::new(),
                resources: HashMap::new(),
                memories: HashMap::new(),
                trampolines: HashMap::new(),
                flags: BTreeMap::new(),
            },
            inner: None,
            outer: None,
        })
    }

    fn step(&mut self, initializer: &'a GlobalInitializer) -> Result<()> {
        match initializer {
            GlobalInitializer::InstantiateModule(
                InstantiateModule::Static(module, args),
                owner,
            ) => self.instantiate(*module, args, owner.map(|o| o.as_u32())),
            GlobalInitializer::InstantiateModule(InstantiateModule::Import(..), _) => {
                Err(builtin("an imported core module"))
            }
            GlobalInitializer::Resource(resource) => {
                let index = self
                    .translated
                    .component
                    .component
                    .resource_index(resource.index);
                let dtor = resource
                    .dtor
                    .as_ref()
                    .map(|def| self.def(def))
                    .transpose()?;
                let resource = (dtor, resource.instance.as_u32());
                self.linked.resources.insert(index.as_u32(), resource);
                Ok(())
            }
            GlobalInitializer::ExtractMemory(memory) => {
                let def = CoreDef::from(memory.export.clone());
                let def = self.def(&def)?;
                self.linked.memories.insert(memory.index.as_u32(), def);
                Ok(())
            }
            // Options of canonical functions: the adapters have them as imports.
            _ => Ok(()),
        }
    }

    fn instantiate(
        &mut self,
        module: StaticModuleIndex,
        args: &[CoreDef],
        owner: Option<u32>,
    ) -> Result<()> {
        let parsed = self.parsed[&module].clone();
        let (inner, outer) = (
            parsed.exports.contains_key(front::INNER),
            parsed.exports.contains_key(front::OUTER),
        );
        let number = self.linked.instances.len();
        let mut imports = Vec::new();
        for (import, arg) in parsed.imports.iter().zip(args) {
            let host = inner || (outer && import.module.starts_with("[export]"));
            imports.push(match import.ty {
                wasmparser::TypeRef::Func(ty) if host => {
                    let host = &mut self.linked.host;
                    host.push((import.module, import.name, number, ty));
                    Def::Host(host.len() as u32 - 1)
                }
                _ => self.def(arg)?,
            });
        }
        self.linked
            .instances
            .push(Instance::new(parsed, imports, owner));
        if inner {
            self.inner = Some(number);
        }
        if outer {
            self.outer = Some(number);
        }
        Ok(())
    }

    fn def(&mut self, def: &CoreDef) -> Result<Def> {
        match def {
            CoreDef::Export(export) => {
                let instance = export.instance.as_u32() as usize;
                let (kind, index) = match &export.item {
                    ExportItem::Index(index) => entity(index),
                    ExportItem::Name(name) => {
                        let module = &self.linked.instances[instance].module;
                        match module.exports.get(name.as_str()) {
                            Some(item) => *item,
                            None => return Err(crash(name).into()),
                        }
                    }
                };
                Ok(Def::Item(instance, kind, index))
            }
            CoreDef::InstanceFlags(instance) => {
                let next = self.linked.flags.len() as u32;
                let flags = &mut self.linked.flags;
                flags.entry(instance.as_u32()).or_insert(next);
                Ok(Def::Flags(instance.as_u32()))
            }
            CoreDef::Trampoline(index) => Ok(Def::Trampoline(*index)),
            CoreDef::UnsafeIntrinsic(_) => Err(builtin("an intrinsic of the engine")),
        }
    }
}
