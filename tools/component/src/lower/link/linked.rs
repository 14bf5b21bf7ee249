//! A component as instances of modules, and the indices of their items in the merged module.

use super::instance::{Def, Instance};
use crate::lower::error::{Error, Result};
use crate::module::{evaluate, Kind, Module};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use wasmtime_environ::component::TrampolineIndex;

/// An import from the host.
pub struct HostImport<'a> {
    pub module: &'a str,
    pub name: &'a str,
    /// The instance that imports it, and the index of its type there.
    pub instance: usize,
    pub ty: u32,
}

/// A component as instances of modules.
#[derive(Default)]
pub struct Linked<'a> {
    pub instances: Vec<Instance<'a>>,
    /// The instance of the inner shim.
    pub inner: Option<usize>,
    /// The instance of the outer shim.
    pub outer: usize,
    /// The functions that the host provides, by their number.
    pub host: Vec<HostImport<'a>>,
    /// The destructors of resources that components define.
    pub destructors: HashMap<u32, Def>,
    /// The memories that strings are copied between.
    pub memories: HashMap<u32, Def>,
    /// The merged index of the flag of each component instance that has one.
    pub flags: BTreeMap<u32, u32>,
    /// The functions that implement builtins: the instance, and the index there.
    builtins: HashMap<TrampolineIndex, (usize, u32)>,
    /// By instance, the values of the globals defined there that are constant integers.
    constants: Vec<Vec<Option<i64>>>,
}

impl<'a> Linked<'a> {
    /// Makes sure that a component instance has a flag.
    pub fn add_flag(&mut self, component_instance: u32) {
        let next = self.flags.len() as u32;
        self.flags.entry(component_instance).or_insert(next);
    }

    /// Adds an instance of a module that implements builtins with these exports.
    pub fn add_builtin(
        &mut self,
        wasm: &'a [u8],
        imports: Vec<Def>,
        exports: &[(TrampolineIndex, String)],
    ) -> Result<()> {
        let number = self.instances.len();
        let instance = Instance::new(Rc::new(Module::new(wasm)?), imports, None);
        for (trampoline, name) in exports {
            let function = instance.exported_function(name);
            let function = function.ok_or_else(|| Error::internal(name))?;
            self.builtins.insert(*trampoline, (number, function));
        }
        self.instances.push(instance);
        Ok(())
    }

    /// Binds each import to the definition of its item, which another import may have passed on.
    pub fn resolve(&mut self) {
        // Imports lead to earlier instances, or to builtins, which define what they export.
        for number in 0..self.instances.len() {
            let imports = &self.instances[number].imports;
            let resolved = imports.iter().map(|def| self.resolved(def)).collect();
            self.instances[number].imports = resolved;
        }
        let destructors = self.destructors.iter();
        self.destructors = destructors
            .map(|(resource, def)| (*resource, self.resolved(def)))
            .collect();
        for number in 0..self.instances.len() {
            let mut constants: Vec<Option<i64>> = Vec::new();
            for global in &self.instances[number].module.globals {
                let value = evaluate(&global.init_expr, |index| {
                    let imported = self.instances[number].imported[Kind::Global as usize];
                    match index.checked_sub(imported) {
                        Some(own) => constants.get(own as usize).copied().flatten(),
                        None => match self.origin(number, Kind::Global, index)? {
                            Def::Item(instance, _, index) => self.constant(instance, index),
                            _ => None,
                        },
                    }
                });
                constants.push(value.filter(|_| !global.ty.mutable));
            }
            self.constants.push(constants);
        }
    }

    fn resolved(&self, def: &Def) -> Def {
        match def {
            Def::Item(instance, kind, index) => {
                let origin = self.origin(*instance, *kind, *index);
                origin.unwrap_or_else(|| def.clone())
            }
            Def::Trampoline(trampoline) => match self.builtins.get(trampoline) {
                Some((instance, index)) => Def::Item(*instance, Kind::Func, *index),
                None => def.clone(),
            },
            other => other.clone(),
        }
    }

    /// The value of a global that an instance defines, if it is a constant integer.
    pub fn constant(&self, instance: usize, index: u32) -> Option<i64> {
        let defined =
            index.checked_sub(self.instances[instance].imported[Kind::Global as usize])?;
        let constants = self.constants.get(instance)?;
        constants.get(defined as usize).copied().flatten()
    }

    /// Assigns every item its index in the merged module.
    pub fn assign_indices(&mut self) {
        let mut next = [0; 5];
        next[Kind::Func as usize] = self.host.len() as u32;
        next[Kind::Global as usize] = self.flags.len() as u32;
        for i in self.order() {
            let instance = &mut self.instances[i];
            for kind in Kind::ALL {
                let shared = instance.shared(kind);
                // Wraps around if there are fewer items before: no shared item uses this base.
                instance.base[kind as usize] = next[kind as usize].wrapping_sub(shared);
                next[kind as usize] += instance.module.defined(kind) - shared;
            }
        }
    }

    /// The instances in the order of the merged indices: a shim first, whose memory the host sees
    /// as memory 0.
    pub fn order(&self) -> Vec<usize> {
        let first = self.inner.unwrap_or(self.outer);
        std::iter::once(first)
            .chain((0..self.instances.len()).filter(|i| *i != first))
            .collect()
    }

    /// The definition of an item of an instance, which it may have imported.
    pub fn origin(&self, instance: usize, kind: Kind, index: u32) -> Option<Def> {
        let (mut instance, mut index) = (instance, index);
        // Imports lead to earlier instances, or to builtins, which import from those.
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
                Def::Trampoline(t) => match self.builtins.get(t) {
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
}
