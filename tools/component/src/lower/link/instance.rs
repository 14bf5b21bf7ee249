//! Instances of modules.

use crate::lower::wrap::shims;
use crate::module::{Kind, Module};
use std::rc::Rc;
use wasmtime_environ::component::TrampolineIndex;

/// What an import is bound to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Def {
    /// An item of another instance: the instance, and the kind and index of the item there.
    Item(usize, Kind, u32),
    /// A builtin of component engines.
    Trampoline(TrampolineIndex),
    /// The flag of a component instance that says whether it may call others.
    Flags(u32),
    /// A function of the host, by its number.
    Host(u32),
}

/// An instance of a module.
pub struct Instance<'a> {
    pub module: Rc<Module<'a>>,
    /// What its imports are bound to.
    pub imports: Vec<Def>,
    /// The component instance that it belongs to. Adapters and builtins belong to none.
    pub owner: Option<u32>,
    /// The instance with which it shares the first memory and the first globals.
    pub twin: Option<usize>,
    /// The merged index of the first item of each kind that is defined here.
    pub base: [u32; 5],
    /// The number of imports of each kind.
    pub imported: [u32; 5],
    /// By kind and index: the position of each import.
    positions: [Vec<usize>; 5],
}

impl<'a> Instance<'a> {
    /// An instance without a twin, whose items have no merged index yet.
    pub fn new(module: Rc<Module<'a>>, imports: Vec<Def>, owner: Option<u32>) -> Self {
        let mut positions: [Vec<usize>; 5] = Default::default();
        for (position, import) in module.imports.iter().enumerate() {
            positions[Kind::from(import.ty) as usize].push(position);
        }
        let imported = Kind::ALL.map(|kind| positions[kind as usize].len() as u32);
        Instance {
            module,
            imports,
            owner,
            twin: None,
            base: [0; 5],
            imported,
            positions,
        }
    }

    /// What the import with this index of its kind is bound to.
    pub fn import(&self, kind: Kind, index: u32) -> Option<&Def> {
        let position = self.positions[kind as usize].get(index as usize)?;
        self.imports.get(*position)
    }

    /// The number of items that it shares with its twin.
    pub fn shared(&self, kind: Kind) -> u32 {
        match (self.twin, kind) {
            (Some(_), Kind::Memory) => 1,
            (Some(_), Kind::Global) => shims::SHARED_GLOBALS,
            _ => 0,
        }
    }

    /// The index of the function that it exports by a name.
    pub fn exported_function(&self, name: &str) -> Option<u32> {
        match self.module.exports.get(name) {
            Some((Kind::Func, index)) => Some(*index),
            _ => None,
        }
    }
}
