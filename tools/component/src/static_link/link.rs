//! Links static libraries into one core module.

use super::calls::Calls;
use super::heap;
use super::library_worlds::{merge, wanted, Worlds};
use super::linked_world::{choose, LinkedWorld, LINK_COMPONENTS};
use super::linker::{LinkerArgs, Scratch};
use super::object::Object;
use super::object_writer::{Code, ObjectWriter};
use super::provided::Provided;
use crate::input::read_module;
use crate::module::without_sections;
use rules_wit_common::{display_path, Diagnostic, Result};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;
use wasm_encoder::{BlockType, Instruction as I};
use wasmparser::{Parser, Payload, SymbolFlags, Validator};
use wit_parser::WorldId;
use wit_source::Loaded;

/// Links static libraries into one core module with one memory. Without `world`, it exports what no
/// library imports from another.
pub fn link(
    libraries: &[PathBuf],
    world: Option<&(Loaded, WorldId)>,
    strip_debug: bool,
    linker: &LinkerArgs,
) -> Result<Vec<u8>> {
    let mut objects = read(libraries)?;
    let mut worlds = merge(&objects)?;
    let provided = Provided::new(&objects, &worlds)?;
    let world = choose(world, &mut worlds, &provided, &objects)?;

    // The code between the libraries.
    let mut writer = ObjectWriter::default();
    Calls::new(&worlds, &provided, &world).connect(&mut objects, &mut writer)?;
    let mut exports = exports(&objects, &worlds, &world);
    if heap::functions(&objects, &world, &mut writer)? {
        exports.push("cabi_realloc".to_owned());
    }
    if constructors(&mut objects, &mut writer) {
        exports.push("_initialize".to_owned());
    }

    let mut scratch = Scratch::new()?;
    let mut args: Vec<OsString> = [
        "--no-entry",
        "--no-demangle",
        "--stack-first",
        "-z",
        "stack-size=1048576",
    ]
    .map(Into::into)
    .into();
    if strip_debug {
        // Compressed relocations move code, which would invalidate debug information.
        args.extend(["--strip-debug", "--compress-relocations"].map(Into::into));
    }
    args.extend(exports.iter().map(|name| format!("--export={name}").into()));
    let generated = scratch.write("calls between the libraries", &writer.finish())?;
    args.push(generated.into());
    for object in &objects {
        args.push(scratch.write(&object.shown, &object.write())?.into());
    }
    let linked = linker.run(&scratch, &args)?;
    let module = embed_world(&linked, &world, &worlds)?;
    check_imports(&module, &world, &worlds)?;
    heap::check(&objects, &module)?;
    Ok(module)
}

fn read(libraries: &[PathBuf]) -> Result<Vec<Object>> {
    let mut objects = Vec::new();
    for path in libraries {
        let shown = display_path(path);
        let object = Object::parse(&shown, read_module(path)?)?;
        if object.has_exports() {
            return Err(
                Diagnostic::new(format!("`{shown}` is not a static library"))
                    .hint("make one from it with `component static-library`")
                    .rule_hint("make one from it with `wasm_static_library`")
                    .into(),
            );
        }
        objects.push(object);
    }
    Ok(objects)
}

/// The symbols of the exports of the world: the required functions, and optional ones that exist.
fn exports(objects: &[Object], worlds: &Worlds, world: &LinkedWorld) -> Vec<String> {
    let (required, optional) = wanted(&worlds.resolve, world.id);
    let defined: BTreeSet<&str> = objects.iter().flat_map(Object::defined).collect();
    let optional = optional.into_iter();
    let optional = optional.filter(|name| defined.contains(name.as_str()));
    let all: BTreeSet<String> = required.into_iter().chain(optional).collect();
    all.into_iter().collect()
}

/// Makes constructors run once, no matter who calls them first: bindings do so before the first
/// export, and hosts call `_initialize`. Returns whether there are constructors.
fn constructors(objects: &mut [Object], writer: &mut ObjectWriter) -> bool {
    const CALL: &str = "__wasm_call_ctors";
    const CALL_ONCE: &str = "static_link_ctors_once";
    let exist = objects.iter().any(|o| o.has_constructors);
    for object in objects {
        let found = object
            .symbols
            .iter()
            .position(|s| !s.is_defined() && object.name(s) == Some(CALL));
        if let Some(symbol) = found.and_then(|index| object.symbols.get_mut(index)) {
            symbol.name = Some(CALL_ONCE.to_owned());
            symbol.flags.insert(SymbolFlags::EXPLICIT_NAME);
        }
    }
    let mut code = Code::new(0);
    if exist {
        let done = writer.global(0);
        writer.import(CALL, (vec![], vec![]));
        code.global_get(done);
        code.ops(&[I::If(BlockType::Empty), I::Return, I::End, I::I32Const(1)]);
        code.global_set(done);
        code.call(CALL);
        let mut initialize = Code::new(0);
        initialize.call(CALL_ONCE);
        writer.function(
            "_initialize",
            (vec![], vec![]),
            SymbolFlags::empty(),
            initialize,
        );
    }
    writer.function(
        CALL_ONCE,
        (vec![], vec![]),
        SymbolFlags::VISIBILITY_HIDDEN,
        code,
    );
    exist
}

/// Replaces the descriptions of the libraries' worlds by that of the module's world.
fn embed_world(linked: &[u8], world: &LinkedWorld, worlds: &Worlds) -> Result<Vec<u8>> {
    let bad = |e: &dyn std::fmt::Display| Diagnostic::new(format!("cannot link: {e}"));
    let mut module =
        without_sections(linked, |name| name.starts_with("component-type")).map_err(|e| bad(&e))?;
    wit_component::embed_component_metadata(
        &mut module,
        &worlds.resolve,
        world.id,
        worlds.encoding,
    )
    .map_err(|e| bad(&format!("{e:#}")))?;
    Validator::new()
        .validate_all(&module)
        .map_err(|e| bad(&e))?;
    Ok(module)
}

/// Checks that all imports are in the world. Bindings import others for asynchronous functions
/// only.
fn check_imports(module: &[u8], world: &LinkedWorld, worlds: &Worlds) -> Result<()> {
    let resolve = &worlds.resolve;
    let imports: BTreeSet<String> = resolve.worlds[world.id]
        .imports
        .keys()
        .map(|key| resolve.name_world_key(key))
        .collect();
    for payload in Parser::new(0).parse_all(module).flatten() {
        let Payload::ImportSection(section) = payload else {
            continue;
        };
        for import in section.into_imports().flatten() {
            let known = match (import.module, import.module.strip_prefix("[export]")) {
                (_, Some(module)) => world.exports.contains(module),
                ("$root", _) => imports.contains(import.name),
                (module, _) => imports.contains(module),
            };
            if !known {
                return Err(Diagnostic::new(format!(
                    "cannot link `{}` of `{}`: asynchronous functions are not supported",
                    import.name, import.module
                ))
                .hint(LINK_COMPONENTS)
                .into());
            }
        }
    }
    Ok(())
}
