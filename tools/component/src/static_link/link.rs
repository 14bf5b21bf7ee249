//! `component static-link`: one core module of several libraries.

use super::calls::Calls;
use super::glue::{Code, Glue};
use super::heap;
use super::linker::{LinkerArgs, Scratch};
use super::object::Object;
use super::world::{result, Chosen, COMPONENTS};
use super::worlds::{merge, wanted, Worlds};
use crate::input::{read_module, without_sections};
use crate::named_world::NamedWorld;
use rules_wit_common::{display_path, write_output, Diagnostic, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use wasm_encoder::{BlockType, Instruction as I};
use wasmparser::{Parser, Payload, SymbolFlags, Validator};

/// Links static libraries into one core module with one memory.
///
/// A call from one library to another is a call of its function. What is passed without memory, and
/// what comes back, is not copied; strings and lists that are passed in are, once, as the callee
/// owns them. All take memory from one `malloc`, which one of the objects must have.
#[derive(clap::Args)]
pub struct Args {
    /// What `component static-library` wrote.
    #[arg(required = true)]
    libraries: Vec<PathBuf>,
    /// Where to write the module; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The label of the target that the module belongs to.
    #[arg(long)]
    label: Option<String>,
    /// Without a world the module exports what no library imports from another.
    #[command(flatten)]
    world: NamedWorld,
    /// Leave out debug information; names stay.
    #[arg(long)]
    strip_debug: bool,
    #[command(flatten)]
    linker: LinkerArgs,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    link(args).map_err(|e| e.target(args.label.as_deref()))
}

/// What a library has for others: which one it is, and the interface or function.
pub struct Provided {
    /// The library's number.
    pub library: usize,
    /// The item in its world.
    pub key: wit_parser::WorldKey,
}

fn link(args: &Args) -> Result<()> {
    let mut objects = Vec::new();
    for path in &args.libraries {
        let shown = display_path(path);
        let object = Object::parse(&shown, read_module(path)?)?;
        if object.has_exports() {
            return Err(Diagnostic::new(format!("`{shown}` is no static library"))
                .hint("make one of it with `component static-library`")
                .into());
        }
        objects.push(object);
    }
    let mut worlds = merge(&objects)?;
    let provided = provided(&objects, &worlds)?;
    let chosen = result(
        args.label.as_deref(),
        &args.world,
        &mut worlds,
        &provided,
        &objects,
    )?;

    let mut glue = Glue::default();
    Calls::new(&worlds, &provided, &chosen).connect(&mut objects, &mut glue)?;
    let exports = exports(&objects, &worlds, &chosen);
    let constructors = objects.iter().any(|o| o.has_constructors);
    let memory = heap::functions(&objects, &chosen, &mut glue)?;
    start(&mut objects, constructors, &mut glue);

    let mut scratch = Scratch::new()?;
    let mut command: Vec<std::ffi::OsString> = [
        "--no-entry",
        "--no-demangle",
        "--stack-first",
        "-z",
        "stack-size=1048576",
    ]
    .map(Into::into)
    .into();
    if args.strip_debug {
        // Debug information would not know that code moves when indices get shorter.
        command.extend(["--strip-debug", "--compress-relocations"].map(Into::into));
    }
    let further = memory.then_some("cabi_realloc").into_iter();
    let further = further.chain(constructors.then_some("_initialize"));
    for name in exports.iter().map(String::as_str).chain(further) {
        command.push(format!("--export={name}").into());
    }
    command.push(
        scratch
            .write("what is between the libraries", &glue.finish())?
            .into(),
    );
    for object in &objects {
        command.push(scratch.write(&object.shown, &object.write())?.into());
    }
    let linked = args.linker.run(&scratch, &command)?;
    let module = finish(&linked, &chosen, &worlds)?;
    nothing_open(&module, &chosen, &worlds)?;
    heap::check(&objects, &module)?;
    write_output(&args.output, &module, true)
}

/// What libraries export, by its name in core modules.
fn provided(objects: &[Object], worlds: &Worlds) -> Result<BTreeMap<String, Provided>> {
    let mut out: BTreeMap<String, Provided> = BTreeMap::new();
    for (library, world) in worlds.worlds.iter().enumerate() {
        let Some(world) = world else { continue };
        for key in worlds.resolve.worlds[*world].exports.keys() {
            let name = worlds.resolve.name_world_key(key);
            if let Some(other) = out.get(&name) {
                return Err(Diagnostic::new(format!(
                    "`{}` and `{}` both export `{name}`",
                    objects[other.library].shown, objects[library].shown
                ))
                .hint("link one of them only")
                .into());
            }
            let key = key.clone();
            out.insert(name, Provided { library, key });
        }
    }
    Ok(out)
}

/// The symbols that the module exports: those that its world must have, and what there is of the
/// others.
fn exports(objects: &[Object], worlds: &Worlds, chosen: &Chosen) -> BTreeSet<String> {
    let (required, optional) = wanted(&worlds.resolve, chosen.world);
    let there: BTreeSet<&str> = objects.iter().flat_map(defined).collect();
    let optional = optional.into_iter().filter(|n| there.contains(n.as_str()));
    required.into_iter().chain(optional).collect()
}

/// The functions that other objects can call.
pub fn defined(object: &Object) -> impl Iterator<Item = &str> {
    object.symbols.iter().filter_map(|s| object.exported_as(s))
}

/// Constructors run once, whoever asks first: bindings call them before the first export, and hosts
/// call `_initialize`.
fn start(objects: &mut [Object], constructors: bool, glue: &mut Glue) {
    const REAL: &str = "__wasm_call_ctors";
    const ONCE: &str = "static_link_ctors_once";
    for object in objects {
        let found = object
            .symbols
            .iter()
            .position(|s| !s.is_defined() && object.name(s) == Some(REAL));
        if let Some(symbol) = found.and_then(|index| object.symbols.get_mut(index)) {
            symbol.name = Some(ONCE.to_owned());
            symbol.flags.insert(SymbolFlags::EXPLICIT_NAME);
        }
    }
    let mut code = Code::new(0);
    if constructors {
        let done = glue.global(0);
        glue.import(REAL, (vec![], vec![]));
        code.global_get(done);
        code.ops(&[I::If(BlockType::Empty), I::Return, I::End, I::I32Const(1)]);
        code.global_set(done);
        code.call(REAL);
        let mut initialize = Code::new(0);
        initialize.call(ONCE);
        glue.function(
            "_initialize",
            (vec![], vec![]),
            SymbolFlags::empty(),
            initialize,
        );
    }
    glue.function(ONCE, (vec![], vec![]), SymbolFlags::VISIBILITY_HIDDEN, code);
}

/// The module with the description of its own world in place of those of the libraries.
fn finish(linked: &[u8], chosen: &Chosen, worlds: &Worlds) -> Result<Vec<u8>> {
    let bad = |e: &dyn std::fmt::Display| Diagnostic::new(format!("cannot link: {e}"));
    let mut module =
        without_sections(linked, |name| name.starts_with("component-type")).map_err(|e| bad(&e))?;
    wit_component::embed_component_metadata(
        &mut module,
        &worlds.resolve,
        chosen.world,
        worlds.encoding,
    )
    .map_err(|e| bad(&format!("{e:#}")))?;
    Validator::new()
        .validate_all(&module)
        .map_err(|e| bad(&e))?;
    Ok(module)
}

/// What is imported must be of the world. What else bindings can ask for concerns tasks.
fn nothing_open(module: &[u8], chosen: &Chosen, worlds: &Worlds) -> Result<()> {
    let resolve = &worlds.resolve;
    let imports: BTreeSet<String> = resolve.worlds[chosen.world]
        .imports
        .keys()
        .map(|key| resolve.name_world_key(key))
        .collect();
    for payload in Parser::new(0).parse_all(module).flatten() {
        let Payload::ImportSection(section) = payload else {
            continue;
        };
        for import in section.into_imports().flatten() {
            let fits = match (import.module, import.module.strip_prefix("[export]")) {
                (_, Some(module)) => chosen.exports.contains(module),
                ("$root", _) => imports.contains(import.name),
                (module, _) => imports.contains(module),
            };
            if !fits {
                return Err(Diagnostic::new(format!(
                    "cannot link `{}` of `{}`: only functions that are not async can be",
                    import.name, import.module
                ))
                .hint(COMPONENTS)
                .into());
            }
        }
    }
    Ok(())
}
