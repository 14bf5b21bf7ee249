//! Follows the initializers of a component, which instantiate its modules in order.

use super::instance::{Def, Instance};
use super::linked::{HostImport, Linked};
use crate::lower::error::{Error, Result};
use crate::lower::size::MAX_BYTES;
use crate::lower::translate::Translated;
use crate::lower::wrap::shims;
use crate::module::{Kind, Module};
use std::collections::HashMap;
use std::rc::Rc;
use wasmparser::TypeRef;
use wasmtime_environ::component::{
    CoreDef, ExportItem, GlobalInitializer, InstantiateModule, StaticModuleIndex,
};
use wasmtime_environ::EntityIndex;

/// Instantiates all modules of a component.
pub fn instantiate<'a>(translated: &'a Translated<'a>) -> Result<Linked<'a>> {
    let mut modules = HashMap::new();
    for (index, module) in &translated.modules {
        modules.insert(index, Rc::new(Module::new(module.wasm)?));
    }
    let mut linker = Linker {
        translated,
        modules,
        linked: Linked::default(),
        outer: None,
        bytes: 0,
    };
    for initializer in &translated.component.component.initializers {
        linker.initialize(initializer)?;
    }
    let mut linked = linker.linked;
    let outer = linker.outer;
    linked.outer = outer.ok_or_else(|| Error::internal("the outer shim"))?;
    linked.instances[linked.outer].twin = linked.inner;
    Ok(linked)
}

struct Linker<'a> {
    translated: &'a Translated<'a>,
    modules: HashMap<StaticModuleIndex, Rc<Module<'a>>>,
    linked: Linked<'a>,
    outer: Option<usize>,
    /// The size of the modules of all instances.
    bytes: usize,
}

impl<'a> Linker<'a> {
    fn initialize(&mut self, initializer: &'a GlobalInitializer) -> Result<()> {
        match initializer {
            GlobalInitializer::InstantiateModule(
                InstantiateModule::Static(module, args),
                owner,
            ) => self.instantiate(*module, args, owner.map(|o| o.as_u32())),
            GlobalInitializer::InstantiateModule(InstantiateModule::Import(..), _) => {
                Err(Error::builtin("an imported core module"))
            }
            GlobalInitializer::Resource(resource) => {
                if let Some(destructor) = &resource.dtor {
                    let def = self.def(destructor)?;
                    let component = &self.translated.component.component;
                    let index = component.resource_index(resource.index);
                    self.linked.destructors.insert(index.as_u32(), def);
                }
                Ok(())
            }
            GlobalInitializer::ExtractMemory(memory) => {
                let def = CoreDef::from(memory.export.clone());
                let def = self.def(&def)?;
                self.linked.memories.insert(memory.index.as_u32(), def);
                Ok(())
            }
            // The others set options of canonical functions, which the adapters import directly.
            _ => Ok(()),
        }
    }

    fn instantiate(
        &mut self,
        module: StaticModuleIndex,
        args: &[CoreDef],
        owner: Option<u32>,
    ) -> Result<()> {
        self.bytes += self.translated.modules[module].wasm.len();
        if self.bytes > MAX_BYTES {
            return Err(Error::unsupported(
                "the modules of all instances have more than 256 MiB together",
                "instantiate components once, and share the instances",
            ));
        }
        let module = self.modules[&module].clone();
        let inner = module.exports.contains_key(shims::INNER);
        let outer = module.exports.contains_key(shims::OUTER);
        let number = self.linked.instances.len();
        let mut imports = Vec::new();
        for (import, arg) in module.imports.iter().zip(args) {
            let from_host = inner || (outer && import.module.starts_with("[export]"));
            imports.push(match import.ty {
                TypeRef::Func(ty) if from_host => {
                    let host = &mut self.linked.host;
                    host.push(HostImport {
                        module: import.module,
                        name: import.name,
                        instance: number,
                        ty,
                    });
                    Def::Host(host.len() as u32 - 1)
                }
                _ => self.def(arg)?,
            });
        }
        let instance = Instance::new(module, imports, owner);
        self.linked.instances.push(instance);
        if inner {
            self.linked.inner = Some(number);
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
                        let item = module.exports.get(name.as_str());
                        *item.ok_or_else(|| Error::internal(name))?
                    }
                };
                Ok(Def::Item(instance, kind, index))
            }
            CoreDef::InstanceFlags(instance) => {
                self.linked.add_flag(instance.as_u32());
                Ok(Def::Flags(instance.as_u32()))
            }
            CoreDef::Trampoline(index) => Ok(Def::Trampoline(*index)),
            CoreDef::UnsafeIntrinsic(_) => Err(Error::builtin("an intrinsic of the engine")),
        }
    }
}

/// The kind and the index of an item of a module.
fn entity(index: &EntityIndex) -> (Kind, u32) {
    match index {
        EntityIndex::Function(i) => (Kind::Func, i.as_u32()),
        EntityIndex::Table(i) => (Kind::Table, i.as_u32()),
        EntityIndex::Memory(i) => (Kind::Memory, i.as_u32()),
        EntityIndex::Global(i) => (Kind::Global, i.as_u32()),
        EntityIndex::Tag(i) => (Kind::Tag, i.as_u32()),
    }
}
