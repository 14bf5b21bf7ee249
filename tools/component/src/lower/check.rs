//! Refusals, by name, of what cannot be lowered, and validation of the lowered module.

use super::error::{Error, Result};
use super::options::{Features, Memory, Options};
use super::world::ComponentWorld;
use super::wrap::shims::PREFIX;
use crate::module::Module;
use wasmparser::{
    CanonicalFunction, CanonicalOption, ComponentExternalKind, ComponentType, Parser, Payload,
    Validator, WasmFeatures,
};
use wit_parser::{Function, TypeDefKind, WorldItem};

/// Refuses components with names that begin as those that lowering adds.
pub fn reserved_names(bytes: &[u8]) -> Result<()> {
    let prefix = PREFIX.as_bytes();
    if bytes.windows(prefix.len()).any(|w| w == prefix) {
        return Err(Error::unsupported(
            "it has names that start with `rules-wit:lower/`",
            "rename them: this prefix is reserved for modules that this command adds",
        ));
    }
    Ok(())
}

/// Refuses worlds that the imports and exports of a core module cannot express.
pub fn world(world: &ComponentWorld) -> Result<()> {
    let resolve = &world.resolve;
    let items = world.world();
    let imports = items.imports.values().map(|item| (item, false));
    let exports = items.exports.values().map(|item| (item, true));
    for (item, exported) in imports.chain(exports) {
        match item {
            WorldItem::Function(func) => function(world, None, func)?,
            WorldItem::Interface { id, .. } => {
                let name = resolve.id_of(*id);
                for func in resolve.interfaces[*id].functions.values() {
                    function(world, name.as_deref(), func)?;
                }
            }
            WorldItem::Type { id, .. } => {
                let ty = &resolve.types[*id];
                if exported && matches!(ty.kind, TypeDefKind::Resource) {
                    return Err(Error::unsupported(
                        format!(
                            "the world exports the resource `{}` outside of an interface",
                            ty.name.as_deref().unwrap_or_default()
                        ),
                        "move the resource into an interface",
                    ));
                }
            }
        }
    }
    Ok(())
}

fn function(world: &ComponentWorld, interface: Option<&str>, func: &Function) -> Result<()> {
    if func.kind.is_async() || !func.find_futures_and_streams(&world.resolve).is_empty() {
        return Err(asynchronous(&match interface {
            Some(interface) => format!("{interface}.{}", func.name),
            None => func.name.clone(),
        }));
    }
    Ok(())
}

fn asynchronous(name: &str) -> Error {
    Error::unsupported(
        format!("`{name}` is asynchronous"),
        "run the component on an engine with async support",
    )
}

/// Refuses asynchronous functions between the components within a component, by name if they have
/// one.
pub fn nested_functions(bytes: &[u8]) -> Result<()> {
    let mut names = Vec::new();
    let mut found = false;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::ComponentCanonicalSection(section) => {
                for function in section {
                    match function? {
                        CanonicalFunction::Lift { options, .. }
                        | CanonicalFunction::Lower { options, .. } => {
                            found |= options.contains(&CanonicalOption::Async);
                        }
                        _ => {}
                    }
                }
            }
            Payload::ComponentTypeSection(section) => {
                for ty in section {
                    if let ComponentType::Func(func) = ty? {
                        found |= func.async_;
                    }
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    let export = export?;
                    if found && export.kind == ComponentExternalKind::Func {
                        names.push(export.name.name.to_owned());
                    }
                }
            }
            _ => {}
        }
        if let (true, Some(name)) = (found, names.first()) {
            return Err(asynchronous(name));
        }
    }
    if found {
        return Err(asynchronous("a function of a nested component"));
    }
    Ok(())
}

/// Refuses modules that access memory in ways that do not work for a region of another memory.
///
/// A module with more memories than implementations allow cannot be validated, so the code is
/// searched.
pub fn memory(module: &[u8]) -> Result<()> {
    let module = Module::new(module)?;
    for (i, body) in module.bodies.iter().enumerate() {
        let (code, start) = (body.as_bytes(), body.range().start);
        for op in body.get_operators_reader()?.into_iter_with_offsets() {
            let (_, at) = op?;
            if code.get((at - start) as usize) == Some(&THREADS) {
                return Err(Error::unsupported(
                    format!(
                        "it cannot have one memory: `{}` uses the threads proposal",
                        module.function_name(i)
                    ),
                    "lower with `--memory multi`",
                ));
            }
        }
    }
    Ok(())
}

/// The first byte of the instructions of the threads proposal.
const THREADS: u8 = 0xfe;

/// Refuses modules with instructions that are not replaced for an engine with these features.
pub fn replaceable(module: &[u8], features: Features) -> Result<()> {
    let replaced = WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::EXTENDED_CONST;
    match missing(module, features.set() | replaced)? {
        // More tables than allowed may become one.
        Some(Missing::Feature(what)) => Err(Error::Features(what)),
        _ => Ok(()),
    }
}

/// Validates the lowered module, with the features that the engine has.
pub fn lowered(module: &[u8], options: &Options) -> Result<()> {
    let hint = match options.memory {
        Memory::Multi => "lower with `--memory single`",
        Memory::Single => {
            "split the function, or lower with `--memory multi`, which does not change functions"
        }
    };
    let limit = |what| Error::unsupported(format!("implementations have limits: {what}"), hint);
    match missing(module, WasmFeatures::all())? {
        Some(Missing::Limit(what)) => return Err(limit(what)),
        Some(Missing::Feature(what)) => return Err(Error::internal(what)),
        None => {}
    }
    match missing(module, options.features().set())? {
        None => Ok(()),
        Some(Missing::Limit(what)) => Err(limit(what)),
        Some(Missing::Feature(what)) => Err(Error::Features(what)),
    }
}

/// Why a module is not valid.
enum Missing {
    /// It needs a feature.
    Feature(String),
    /// It exceeds a limit that all implementations have.
    Limit(String),
}

/// What a module needs beyond `features`, and the function that needs it.
fn missing(module: &[u8], features: WasmFeatures) -> Result<Option<Missing>> {
    let Err(error) = Validator::new_with_features(features).validate_all(module) else {
        return Ok(None);
    };
    let module = Module::new(module)?;
    let at = error.offset();
    let function = module.bodies.iter().position(|b| b.range().contains(&at));
    let message = error.message();
    let what = match function {
        Some(i) => format!("{message} in `{}`", module.function_name(i)),
        None => message.to_owned(),
    };
    const LIMITS: [&str; 4] = [
        "exceeds limit",
        "too many",
        "size is out of bounds",
        "exceed maximum",
    ];
    Ok(Some(
        match LIMITS.iter().any(|limit| message.contains(limit)) {
            true => Missing::Limit(what),
            false => Missing::Feature(what),
        },
    ))
}
