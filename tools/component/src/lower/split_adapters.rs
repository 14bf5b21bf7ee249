//! Makes `wasmtime-environ` write more, and smaller, modules of adapters.
//!
//! `wasmtime-environ` puts the adapters of consecutive lowered functions into one module, which
//! imports the memories of all of them. It begins another module where an adapter depends on one of
//! the module so far. This pass adds such dependencies: after [`LOWERS`] lowered functions, the
//! next ones use their memory through an instance that imports the earlier ones, and exports the memory
//! that it imports. These instances contain no code, and nothing remains of them in the
//! lowered module.

use super::error::Result;
use std::collections::HashMap;
use std::convert::Infallible;
use wasm_encoder::reencode::{
    component_utils, Error, Reencode, ReencodeComponent, RoundtripReencoder,
};
use wasm_encoder::{
    Alias, CanonicalFunctionSection, Component, ComponentAliasSection, ComponentSectionId,
    EntityType, ExportKind, ExportSection, ImportSection, InstanceSection, MemorySection,
    MemoryType, Module, ModuleArg, ModuleSection, NestedComponentSection, RawSection, TypeSection,
};
use wasmparser::types::Types;
use wasmparser::{
    CanonicalFunction, CanonicalOption, ComponentAlias, ComponentExternalKind,
    ComponentOuterAliasKind, ComponentTypeRef, CustomSectionReader, Encoding, ExternalKind, Parser,
    Payload, ValidPayload, Validator, WasmFeatures,
};

/// The functions whose adapters share a module. Each may need two memories, of the 100 that a module
/// can have; other adapters before them may be in the same module.
const LOWERS: usize = 32;

/// Adds dependencies between the adapters of a valid component.
pub fn split_adapters(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut split = Split {
        types: types(bytes)?,
        started: 0,
        depths: Vec::new(),
        lowering: false,
    };
    split.start();
    let mut component = Component::new();
    split.parse_component(&mut component, Parser::new(0), bytes)?;
    Ok(component.finish())
}

/// The types of each component, in the order in which the components begin.
fn types(bytes: &[u8]) -> Result<Vec<Types>> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let mut all: Vec<Option<Types>> = Vec::new();
    let mut open = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        if let Payload::Version { encoding, .. } = payload {
            let component = encoding == Encoding::Component;
            open.push(component.then_some(all.len()));
            all.extend(component.then_some(None));
        }
        if let ValidPayload::End(types) = validator.payload(&payload)? {
            if let Some(Some(number)) = open.pop() {
                all[number] = Some(types);
            }
        }
    }
    Ok(all.into_iter().flatten().collect())
}

/// An index space of a component.
#[derive(Default)]
struct Space {
    /// The number of items so far, without added ones.
    count: u32,
    /// For each added item, the number of items before it, without added ones.
    added: Vec<u32>,
}

impl Space {
    /// The new index of an item.
    fn index(&self, old: u32) -> u32 {
        old + self.added.partition_point(|at| *at <= old) as u32
    }

    /// Adds an item; returns its index.
    fn add(&mut self) -> u32 {
        self.added.push(self.count);
        self.count + self.added.len() as u32 - 1
    }
}

/// A component that is being copied, or a type.
#[derive(Default)]
struct Depth {
    /// The number of the component, for its types.
    number: usize,
    functions: u32,
    modules: Space,
    instances: Space,
    memories: Space,
    /// The functions that were lowered since the last dependency was added.
    lowered: Vec<u32>,
    /// The functions that added instances import, once there are any.
    dependencies: Vec<u32>,
    /// The memories of the added instances, by the old indices of the memories that they import;
    /// `None` is a new one, for functions without a memory.
    copies: HashMap<Option<u32>, u32>,
}

struct Split {
    /// The types of all components.
    types: Vec<Types>,
    /// The number of components so far.
    started: usize,
    /// The component that is copied, and those around it.
    depths: Vec<Depth>,
    /// Whether the options of a lowered function are copied.
    lowering: bool,
}

impl Split {
    fn start(&mut self) {
        self.depths.push(Depth {
            number: self.started,
            ..Depth::default()
        });
        self.started += 1;
    }

    fn depth(&mut self) -> &mut Depth {
        self.depths.last_mut().expect("a component is open")
    }

    /// Counts the items that a section defines.
    fn count(&mut self, payload: &Payload<'_>) -> Result<(), Error> {
        let depth = self.depth();
        match payload {
            Payload::ModuleSection { .. } => depth.modules.count += 1,
            Payload::InstanceSection(section) => depth.instances.count += section.count(),
            Payload::ComponentImportSection(section) => {
                for import in section.clone() {
                    let module = matches!(import?.ty, ComponentTypeRef::Module(_));
                    depth.modules.count += u32::from(module);
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section.clone() {
                    let module = export?.kind == ComponentExternalKind::Module;
                    depth.modules.count += u32::from(module);
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section.clone() {
                    match alias? {
                        ComponentAlias::CoreInstanceExport {
                            kind: ExternalKind::Func | ExternalKind::FuncExact,
                            ..
                        } => depth.functions += 1,
                        ComponentAlias::CoreInstanceExport {
                            kind: ExternalKind::Memory,
                            ..
                        } => depth.memories.count += 1,
                        ComponentAlias::InstanceExport {
                            kind: ComponentExternalKind::Module,
                            ..
                        }
                        | ComponentAlias::Outer {
                            kind: ComponentOuterAliasKind::CoreModule,
                            ..
                        } => depth.modules.count += 1,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Copies a section with canonical functions, and adds instances before some of them.
    fn canonical_section(
        &mut self,
        component: &mut Component,
        section: wasmparser::ComponentCanonicalSectionReader<'_>,
    ) -> Result<(), Error> {
        let mut out = CanonicalFunctionSection::new();
        for function in section {
            let mut function = function?;
            if let CanonicalFunction::Lower { options, .. } = &mut function {
                let depth = self.depth();
                if depth.lowered.len() == LOWERS {
                    depth.dependencies = std::mem::take(&mut depth.lowered);
                    depth.copies.clear();
                }
                depth.lowered.push(depth.functions);
                if !depth.dependencies.is_empty() {
                    let memory = options.iter().find_map(|option| match option {
                        CanonicalOption::Memory(memory) => Some(*memory),
                        _ => None,
                    });
                    if !depth.copies.contains_key(&memory) {
                        component.section(&out);
                        out = CanonicalFunctionSection::new();
                        self.add_instance(component, memory)?;
                    }
                    if memory.is_none() {
                        // Its index is not used.
                        let mut all = options.to_vec();
                        all.push(CanonicalOption::Memory(u32::MAX));
                        *options = all.into();
                    }
                }
                self.lowering = true;
            }
            let lift = matches!(function, CanonicalFunction::Lift { .. });
            self.parse_component_canonical(&mut out, function)?;
            self.lowering = false;
            self.depth().functions += u32::from(!lift);
        }
        component.section(&out);
        Ok(())
    }

    /// Adds an instance that imports the functions and a memory, and exports the memory.
    fn add_instance(
        &mut self,
        component: &mut Component,
        memory: Option<u32>,
    ) -> Result<(), Error> {
        let Some(depth) = self.depths.last_mut() else {
            return Ok(());
        };
        let types = self.types[depth.number].as_ref();
        let (mut functions, mut imports) = (TypeSection::new(), ImportSection::new());
        let (mut memories, mut exports) = (MemorySection::new(), ExportSection::new());
        let mut given = Vec::new();
        for (i, function) in (0..).zip(&depth.dependencies) {
            let ty = types[types.core_function_at(*function)].unwrap_func();
            functions
                .ty()
                .func_type(&RoundtripReencoder.func_type(ty.clone())?);
            let name = i.to_string();
            imports.import("", &name, EntityType::Function(i));
            given.push((name, ExportKind::Func, *function));
        }
        match memory {
            Some(memory) => {
                let ty = RoundtripReencoder.memory_type(types.memory_at(memory))?;
                imports.import("", "m", ty);
            }
            None => {
                memories.memory(MemoryType {
                    minimum: 0,
                    maximum: Some(0),
                    memory64: false,
                    shared: false,
                    page_size_log2: None,
                });
            }
        }
        exports.export("m", ExportKind::Memory, 0);
        let mut module = Module::new();
        module.section(&functions).section(&imports);
        module.section(&memories).section(&exports);
        component.section(&ModuleSection(&module));

        let module = depth.modules.add();
        let (arguments, instance) = (depth.instances.add(), depth.instances.add());
        let memory_arg = memory.map(|m| ("m", ExportKind::Memory, depth.memories.index(m)));
        let given = given
            .iter()
            .map(|(name, kind, i)| (name.as_str(), *kind, *i));
        let given: Vec<_> = given.chain(memory_arg).collect();
        let mut instances = InstanceSection::new();
        instances.export_items(given);
        instances.instantiate(module, [("", ModuleArg::Instance(arguments))]);
        component.section(&instances);

        let copy = depth.memories.add();
        depth.copies.insert(memory, copy);
        let mut aliases = ComponentAliasSection::new();
        aliases.alias(Alias::CoreInstanceExport {
            instance,
            kind: ExportKind::Memory,
            name: "m",
        });
        component.section(&aliases);
        Ok(())
    }
}

impl Reencode for Split {
    type Error = Infallible;

    fn memory_index(&mut self, memory: u32) -> Result<u32, Error> {
        let lowering = self.lowering;
        let depth = self.depth();
        let copy = match lowering {
            true => depth.copies.get(&Some(memory).filter(|m| *m != u32::MAX)),
            false => None,
        };
        Ok(copy
            .copied()
            .unwrap_or_else(|| depth.memories.index(memory)))
    }
}

impl ReencodeComponent for Split {
    fn module_index(&mut self, module: u32) -> u32 {
        self.outer_module_index(0, module)
    }

    fn outer_module_index(&mut self, count: u32, module: u32) -> u32 {
        let depth = self.depths.len() - 1 - count as usize;
        self.depths[depth].modules.index(module)
    }

    fn instance_index(&mut self, instance: u32) -> u32 {
        self.depth().instances.index(instance)
    }

    fn push_depth(&mut self) {
        self.depths.push(Depth::default());
    }

    fn pop_depth(&mut self) {
        self.depths.pop();
    }

    fn parse_component_payload(
        &mut self,
        component: &mut Component,
        payload: Payload<'_>,
        whole: &[u8],
    ) -> Result<(), Error> {
        self.count(&payload)?;
        match payload {
            Payload::ComponentCanonicalSection(section) => {
                self.canonical_section(component, section)
            }
            other => component_utils::parse_component_payload(self, component, other, whole),
        }
    }

    fn parse_component_submodule(
        &mut self,
        component: &mut Component,
        _: Parser,
        module: &[u8],
    ) -> Result<(), Error> {
        component.section(&RawSection {
            id: ComponentSectionId::CoreModule as u8,
            data: module,
        });
        Ok(())
    }

    fn parse_component_subcomponent(
        &mut self,
        component: &mut Component,
        parser: Parser,
        nested: &[u8],
        whole: &[u8],
    ) -> Result<(), Error> {
        self.start();
        let mut copy = Component::new();
        component_utils::parse_component(self, &mut copy, parser, nested, whole)?;
        component.section(&NestedComponentSection(&copy));
        self.depths.pop();
        Ok(())
    }

    /// Custom sections are not needed, and their indices may be old.
    fn parse_component_custom_section(
        &mut self,
        _: &mut Component,
        _: CustomSectionReader<'_>,
    ) -> Result<(), Error> {
        Ok(())
    }
}
