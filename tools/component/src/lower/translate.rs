//! What `wasmtime-environ` makes of a component: its modules, the adapters between its parts, and
//! the order in which they are instantiated.

use super::{crash, unsupported};
use rules_wit_common::{Diagnostic, Result};
use std::panic::{catch_unwind, AssertUnwindSafe};
use wasmtime_environ::component::{
    ComponentTranslation, ComponentTypes, ComponentTypesBuilder, StaticModuleIndex, Translator,
};
use wasmtime_environ::wasmparser::{Validator, WasmFeatures};
use wasmtime_environ::{EntityIndex, ModuleTranslation, PrimaryMap, ScopeVec, Tunables};

/// A component taken apart.
pub struct Translated<'a> {
    pub component: ComponentTranslation,
    pub types: ComponentTypes,
    /// How many tables of handles there are.
    pub tables: usize,
    pub modules: PrimaryMap<StaticModuleIndex, ModuleTranslation<'a>>,
}

/// Takes a component apart. Adapters are kept in `adapters`.
pub fn translate<'a>(bytes: &'a [u8], adapters: &'a ScopeVec<u8>) -> Result<Translated<'a>> {
    let mut tunables = Tunables::default_host();
    // Tasks of asynchronous calls are nothing that a core module could have.
    tunables.concurrency_support = false;
    let features = WasmFeatures::default()
        .difference(WasmFeatures::EXCEPTIONS)
        .difference(WasmFeatures::CM_ASYNC)
        .difference(WasmFeatures::MEMORY64);
    // The library asserts what it believes to hold, and the component may be anything.
    let result = catch_unwind(AssertUnwindSafe(|| {
        let mut validator = Validator::new_with_features(features);
        let mut types = ComponentTypesBuilder::new(&validator);
        let (component, modules) =
            Translator::new(&tunables, &mut validator, &mut types, adapters).translate(bytes)?;
        let tables = types.num_resource_tables();
        let (types, _) = types.finish(&component.component);
        Ok::<_, wasmtime_environ::error::Error>(Translated {
            component,
            types,
            tables,
            modules,
        })
    }));
    match result {
        Ok(Ok(translated)) => Ok(translated),
        Ok(Err(e)) => {
            let mut causes: Vec<String> = e.chain().map(ToString::to_string).collect();
            let root = causes.pop().unwrap_or_default();
            let root = root.split(" (at offset").next().unwrap_or_default();
            Err(unsupported(
                root,
                "leave out what needs the proposal that is named, or run the component as it is",
            ))
        }
        Err(_) => Err(crash("the adapters between the components").into()),
    }
}

/// The index of an item within its module.
pub fn entity(index: &EntityIndex) -> (super::link::Kind, u32) {
    use super::link::Kind;
    match index {
        EntityIndex::Function(i) => (Kind::Func, i.as_u32()),
        EntityIndex::Table(i) => (Kind::Table, i.as_u32()),
        EntityIndex::Memory(i) => (Kind::Memory, i.as_u32()),
        EntityIndex::Global(i) => (Kind::Global, i.as_u32()),
        EntityIndex::Tag(i) => (Kind::Tag, i.as_u32()),
    }
}

/// The refusal of what only an engine for components can do.
pub fn builtin(name: &str) -> rules_wit_common::Failure {
    Diagnostic::new(format!("cannot lower: the component uses `{name}`"))
        .hint("run it on an engine for components; asynchronous calls cannot be lowered")
        .into()
}
