//! Moves core modules out of a component, which then imports them.

use crate::input::features;
use std::collections::HashMap;
use wasm_encoder::reencode::{Error, Reencode, ReencodeComponent, RoundtripReencoder};
use wasm_encoder::{
    Alias, Component, ComponentAliasSection, ComponentImportSection, ComponentOuterAliasKind,
    ComponentSectionId, ComponentTypeRef, CoreTypeSection, EntityType, ModuleType, RawSection,
};
use wasmparser::types::{CoreTypeId, EntityType as Validated, Types};
use wasmparser::{CompositeInnerType, CustomSectionReader, KnownCustom};
use wasmparser::{Parser, Payload, ValidPayload, Validator};

/// The name that the component imports module `n` by.
pub fn import_name(n: usize) -> String {
    format!("unbundled-module{n}")
}

/// A component, and the modules that were moved out of it.
pub struct Unbundled<'a> {
    pub modules: Vec<&'a [u8]>,
    pub component: Vec<u8>,
}

impl<'a> Unbundled<'a> {
    /// Moves the modules of more than `threshold` bytes out of a valid component. The error is the
    /// reason why that is impossible.
    pub fn of(bytes: &'a [u8], threshold: usize) -> Result<Self, String> {
        let mut moved = Vec::new();
        let mut modules = Vec::new();
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload.map_err(|e| e.to_string())?;
            let Payload::ModuleSection {
                unchecked_range, ..
            } = payload
            else {
                continue;
            };
            let module = usize::try_from(unchecked_range.start)
                .ok()
                .zip(usize::try_from(unchecked_range.end).ok())
                .and_then(|(start, end)| bytes.get(start..end))
                .ok_or("a module is truncated")?;
            moved.push(module.len() > threshold);
            if module.len() > threshold {
                modules.push(module);
            }
        }

        let mut types = FunctionTypes::default();
        let mut imports = ComponentImportSection::new();
        for (n, module) in modules.iter().enumerate() {
            let ty = module_type(module, &mut types).map_err(|e| format!("module {n}: {e}"))?;
            let index = types.section.len();
            types.section.ty().module(&ty);
            imports.import(import_name(n).as_str(), ComponentTypeRef::Module(index));
        }
        let mut component = Component::new();
        component.section(&types.section);
        component.section(&imports);
        Shifted {
            types: types.section.len(),
            modules: imports.len(),
            depth: 0,
            moved: moved.into_iter(),
            next: 0,
        }
        .parse_component(&mut component, Parser::new(0), bytes)
        .map_err(|e| e.to_string())?;
        Ok(Unbundled {
            modules,
            component: component.finish(),
        })
    }
}

const INEXPRESSIBLE: &str =
    "an import or export has a type that the type of the module cannot express";

fn inexpressible(_: Error) -> String {
    INEXPRESSIBLE.to_owned()
}

/// Core types: function types, each once, and the module types that refer to them.
#[derive(Default)]
struct FunctionTypes {
    section: CoreTypeSection,
    known: HashMap<(Vec<wasm_encoder::ValType>, Vec<wasm_encoder::ValType>), u32>,
}

impl FunctionTypes {
    fn index(&mut self, id: CoreTypeId, types: &Types) -> Result<u32, String> {
        let ty = &types[id];
        let CompositeInnerType::Func(func) = &ty.composite_type.inner else {
            return Err(INEXPRESSIBLE.to_owned());
        };
        // A type in a recursion group differs from the same type on its own.
        let all = types.as_ref();
        let alone = all.rec_group_elements(all.rec_group_id_of(id)).len() == 1;
        if !alone || !ty.is_final || ty.supertype_idx.is_some() || ty.composite_type.shared {
            return Err(INEXPRESSIBLE.to_owned());
        }
        let values = |types: &[wasmparser::ValType]| {
            let types = types.iter().map(|ty| RoundtripReencoder.val_type(*ty));
            types.collect::<Result<Vec<_>, _>>()
        };
        let params = values(func.params()).map_err(inexpressible)?;
        let results = values(func.results()).map_err(inexpressible)?;
        let section = &mut self.section;
        let index = self.known.entry((params, results)).or_insert_with_key(|k| {
            let index = section.len();
            let (params, results) = k.clone();
            section.ty().core().function(params, results);
            index
        });
        Ok(*index)
    }
}

/// The type of a module, for its import.
fn module_type(module: &[u8], functions: &mut FunctionTypes) -> Result<ModuleType, String> {
    let mut validator = Validator::new_with_features(features());
    let mut types = None;
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.map_err(|e| e.to_string())?;
        // Function bodies have been validated with the component.
        if let ValidPayload::End(end) = validator.payload(&payload).map_err(|e| e.to_string())? {
            types = Some(end);
        }
    }
    let types = types.ok_or("it is truncated")?;
    let mut writer = TypeWriter {
        functions,
        types: &types,
        aliases: HashMap::new(),
        module: ModuleType::new(),
    };
    let all = types.as_ref();
    for (module, name, ty) in all.core_imports().into_iter().flatten() {
        let ty = writer.entity(ty)?;
        writer.module.import(module, name, ty);
    }
    for (name, ty) in all.core_exports().into_iter().flatten() {
        let ty = writer.entity(ty)?;
        writer.module.export(name, ty);
    }
    Ok(writer.module)
}

struct TypeWriter<'a> {
    functions: &'a mut FunctionTypes,
    types: &'a Types,
    /// The index that each shared type has within the module type.
    aliases: HashMap<u32, u32>,
    module: ModuleType,
}

impl TypeWriter<'_> {
    fn function(&mut self, id: CoreTypeId) -> Result<u32, String> {
        let outer = self.functions.index(id, self.types)?;
        if let Some(index) = self.aliases.get(&outer) {
            return Ok(*index);
        }
        let index = self.module.type_count();
        self.module.alias_outer_core_type(1, outer);
        self.aliases.insert(outer, index);
        Ok(index)
    }

    fn entity(&mut self, ty: Validated) -> Result<EntityType, String> {
        Ok(match ty {
            Validated::Func(id) => EntityType::Function(self.function(id)?),
            Validated::FuncExact(id) => EntityType::FunctionExact(self.function(id)?),
            Validated::Table(ty) => {
                EntityType::Table(RoundtripReencoder.table_type(ty).map_err(inexpressible)?)
            }
            Validated::Memory(ty) => {
                EntityType::Memory(RoundtripReencoder.memory_type(ty).map_err(inexpressible)?)
            }
            Validated::Global(ty) => {
                EntityType::Global(RoundtripReencoder.global_type(ty).map_err(inexpressible)?)
            }
            Validated::Tag(id) => EntityType::Tag(wasm_encoder::TagType {
                kind: wasm_encoder::TagKind::Exception,
                func_type_idx: self.function(id)?,
            }),
        })
    }
}

/// Copies a component after the new types and imports, which shift its own indices.
struct Shifted {
    types: u32,
    modules: u32,
    /// The nesting depth of the component that is copied.
    depth: u32,
    /// Whether each module is moved out, in the order of the component.
    moved: std::vec::IntoIter<bool>,
    /// The number of the next module that is moved out.
    next: u32,
}

impl Reencode for Shifted {
    type Error = std::convert::Infallible;

    fn type_index(&mut self, index: u32) -> Result<u32, Error<Self::Error>> {
        self.outer_type_index(0, index)
    }
}

impl ReencodeComponent for Shifted {
    fn outer_type_index(&mut self, count: u32, index: u32) -> Result<u32, Error<Self::Error>> {
        Ok(index + if count == self.depth { self.types } else { 0 })
    }

    fn module_index(&mut self, index: u32) -> u32 {
        self.outer_module_index(0, index)
    }

    fn outer_module_index(&mut self, count: u32, index: u32) -> u32 {
        index + if count == self.depth { self.modules } else { 0 }
    }

    fn push_depth(&mut self) {
        self.depth += 1;
    }

    fn pop_depth(&mut self) {
        self.depth -= 1;
    }

    fn parse_component_custom_section(
        &mut self,
        component: &mut Component,
        section: CustomSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        // Custom sections need not be valid. Names that cannot be read are left out.
        if let KnownCustom::ComponentName(names) = section.as_known() {
            if let Ok(names) = self.custom_component_name_section(names) {
                component.section(&names);
            }
            return Ok(());
        }
        component.section(&self.custom_section(section)?);
        Ok(())
    }

    fn parse_component_submodule(
        &mut self,
        component: &mut Component,
        _parser: Parser,
        module: &[u8],
    ) -> Result<(), Error<Self::Error>> {
        if self.moved.next() != Some(true) {
            component.section(&RawSection {
                id: ComponentSectionId::CoreModule as u8,
                data: module,
            });
            return Ok(());
        }
        let mut aliases = ComponentAliasSection::new();
        aliases.alias(Alias::Outer {
            kind: ComponentOuterAliasKind::CoreModule,
            count: self.depth,
            index: self.next,
        });
        self.next += 1;
        component.section(&aliases);
        Ok(())
    }
}
