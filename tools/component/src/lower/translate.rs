//! Step 2 of lowering: translates a component with `wasmtime-environ` into modules, adapters
//! between them, and the order of instantiation.

use super::error::{Error, Result};
use super::split_adapters::split_adapters;
use crate::error::catch_message;
use wasmtime_environ::component::{
    ComponentTranslation, ComponentTypes, ComponentTypesBuilder, StaticModuleIndex, Translator,
};
use wasmtime_environ::wasmparser::{Validator, WasmFeatures};
use wasmtime_environ::{ModuleTranslation, PrimaryMap, ScopeVec, Tunables};

/// A translated component.
pub struct Translated<'a> {
    pub component: ComponentTranslation,
    pub types: ComponentTypes,
    /// The number of handle tables.
    pub tables: usize,
    pub modules: PrimaryMap<StaticModuleIndex, ModuleTranslation<'a>>,
}

/// Translates a component. Generated modules and components are stored in `arena`.
pub fn translate<'a>(bytes: &'a [u8], arena: &'a ScopeVec<u8>) -> Result<Translated<'a>> {
    match attempt(bytes, arena) {
        Err(Attempt::Memories) => {}
        Err(Attempt::Failed(e)) => return Err(e),
        Ok(translated) => return Ok(translated),
    }
    let bytes = arena.push(split_adapters(bytes)?);
    attempt(bytes, arena).map_err(|e| match e {
        Attempt::Failed(e) => e,
        Attempt::Memories => Error::unsupported(
            "more than 100 memories meet in one module of adapters",
            "pass the lowered functions to an instance of a core module, before another component lowers more of them",
        ),
    })
}

/// Why a translation failed.
enum Attempt {
    /// A module of adapters has more memories than modules can have.
    Memories,
    Failed(Error),
}

fn attempt<'a>(bytes: &'a [u8], arena: &'a ScopeVec<u8>) -> Result<Translated<'a>, Attempt> {
    let mut tunables = Tunables::default_host();
    // Core modules have no tasks for asynchronous calls.
    tunables.concurrency_support = false;
    let features = WasmFeatures::default()
        .difference(WasmFeatures::EXCEPTIONS)
        .difference(WasmFeatures::CM_ASYNC)
        .difference(WasmFeatures::MEMORY64);
    // The library asserts what an unusual component may violate.
    let result = catch_message(|| {
        let mut validator = Validator::new_with_features(features);
        let mut types = ComponentTypesBuilder::new(&validator);
        let (component, modules) =
            Translator::new(&tunables, &mut validator, &mut types, arena).translate(bytes)?;
        let tables = types.num_resource_tables();
        let (types, _) = types.finish(&component.component);
        Ok::<_, wasmtime_environ::error::Error>(Translated {
            component,
            types,
            tables,
            modules,
        })
    });
    let failed = match result {
        Ok(Ok(translated)) => return Ok(translated),
        Ok(Err(e)) => {
            let mut causes: Vec<String> = e.chain().map(ToString::to_string).collect();
            let root = causes.pop().unwrap_or_default();
            let root = root.split(" (at offset").next().unwrap_or_default();
            let is_off = Validator::new_with_features(features)
                .validate_all(bytes)
                .is_err();
            Error::unsupported(
                root,
                match is_off {
                    true => "build without that proposal, or run the component as it is",
                    false => "run the component on a component engine",
                },
            )
        }
        Err(panic) if panic.contains("memories count exceeds limit") => {
            return Err(Attempt::Memories)
        }
        Err(panic) => {
            let what = panic.lines().next().unwrap_or_default();
            Error::internal(format!("the adapters between the components: {what}"))
        }
    };
    Err(Attempt::Failed(failed))
}
