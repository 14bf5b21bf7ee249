//! `component lower`: makes one core module of a component, for engines that know no components.

mod access;
mod copies;
mod dwarf;
mod front;
mod known;
mod link;
mod manifest;
mod merge;
mod moving;
mod mvp;
mod names;
mod parse;
mod regions;
mod renumber;
mod runtime;
mod sections;
mod shrink;
mod single;
mod tables;
mod transcode;
mod translate;
mod values;
mod world;

use crate::input::{causes, read_component, validate};
use rules_wit_common::{write_output, Diagnostic, Failure, Result};
use single::Bounds;
use std::path::PathBuf;
use std::rc::Rc;
use wasmparser::{Validator, WasmFeatures};
use wasmtime_environ::ScopeVec;

/// Makes one core module of a component.
///
/// The module imports and exports what the component does, as bindings for core modules have it.
/// What was composed in it keeps its own memory, or its own part of the one memory, and nothing but
/// values as the canonical ABI has them goes from one to the other. The host sees memory 0 only,
/// or the beginning of the one memory, and must not make it grow. The same component gives the
/// same bytes.
#[derive(clap::Args)]
pub struct Args {
    /// The component.
    component: PathBuf,
    /// Where to write the module; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// How many memories the module may have.
    #[arg(long, value_enum)]
    memory: Memory,
    /// Whether each access to a part of the one memory is checked.
    #[arg(long, value_enum, default_value_t = Bounds::Checked)]
    bounds: Bounds,
    /// What the engine knows: the module is checked against it. Default: `wasm2` for one memory,
    /// else `multi-memory`.
    #[arg(long, value_enum)]
    features: Option<Features>,
    /// Where to write a description of the imports and exports, as JSON.
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// The label of the target that the module belongs to.
    #[arg(long)]
    label: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Memory {
    /// One for each component, and those of what connects them.
    Multi,
    /// One, with a part for each of these.
    Single,
}

/// Sets of proposals that engines have.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Features {
    /// The first version of the language.
    Mvp,
    /// The second version.
    Wasm2,
    /// The second version and several memories.
    MultiMemory,
    /// The third version: text is checked with its vectors.
    Wasm3,
}

impl Features {
    fn set(self) -> WasmFeatures {
        match self {
            Features::Mvp => WasmFeatures::MVP,
            Features::Wasm2 => WasmFeatures::WASM2,
            Features::MultiMemory => WasmFeatures::WASM2 | WasmFeatures::MULTI_MEMORY,
            Features::Wasm3 => WasmFeatures::WASM3,
        }
    }

    /// Whether code of our own has vectors. The second version has them too, but interpreters that
    /// know the rest of it may have been built without.
    fn vectors(self) -> bool {
        matches!(self, Features::Wasm3)
    }
}

/// Room for the recursion of the libraries over types that are nested deeply.
const STACK: usize = 256 << 20;

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let result = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let thread = thread
            .spawn_scoped(scope, || lower_file(args))
            .map_err(|e| Diagnostic::environment(format!("cannot start a thread: {e}")))?;
        thread.join().unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or(panic.downcast_ref::<&str>().copied());
            Err(crash(text.unwrap_or("the component")).into())
        })
    });
    result.map_err(|e| e.target(args.label.as_deref()))
}

fn lower_file(args: &Args) -> Result<()> {
    let bytes = read_component(&args.component)?;
    validate(&args.component, &bytes)?;
    let features = args.features.unwrap_or(match args.memory {
        Memory::Multi => Features::MultiMemory,
        Memory::Single => Features::Wasm2,
    });
    let lowered = lower(bytes, args.memory, args.bounds, features)?;
    if let Some(path) = &args.manifest {
        write_output(path, lowered.manifest.as_bytes(), false)?;
    }
    write_output(&args.output, &lowered.module, true)
}

/// A module, and the description of it.
struct Lowered {
    module: Vec<u8>,
    manifest: String,
}

fn lower(bytes: Vec<u8>, memory: Memory, bounds: Bounds, engine: Features) -> Result<Lowered> {
    let features = engine.set();
    let prefix = front::INNER.trim_end_matches("inner").as_bytes();
    if bytes.windows(prefix.len()).any(|w| w == prefix) {
        return Err(unsupported(
            "it has names that begin with `rules-wit:lower/`",
            "rename them: they are for the modules that this command adds",
        ));
    }
    let decoded = world::decode(&bytes)?;
    decoded.check()?;
    world::check_parts(&bytes)?;
    let wrapped = world::written(|| world::wrap(&decoded, bytes))?;
    let adapters = ScopeVec::new();
    let translated = translate::translate(&wrapped, &adapters)?;
    let mut linked = link::Linked::new(&translated)?;
    let runtime = runtime::modules(&translated, &mut linked, engine.vectors())?;
    for module in &runtime {
        let number = linked.instances.len();
        let parsed = Rc::new(parse::Parsed::new(&module.wasm)?);
        linked
            .instances
            .push(link::Instance::new(parsed, module.imports.clone(), None));
        for (index, name) in &module.exports {
            let function = linked.export(number, name);
            let function = function.ok_or_else(|| crash(name))?;
            linked.trampolines.insert(*index, (number, function));
        }
    }
    linked.number();
    let (mut module, mut functions) = shrink::shrink(&merge::merge(&linked)?, true)?;
    if memory == Memory::Single {
        check_memory(&module)?;
        module = single::one_memory(&module, bounds, features)?;
        module = mvp::lower(&module, features)?;
        let counted = features.contains(WasmFeatures::BULK_MEMORY);
        // Until here functions keep their numbers: what is added comes behind them.
        let (shrunk, kept) = shrink::shrink(&module, counted)?;
        module = shrunk;
        functions = functions
            .into_iter()
            .filter_map(|(merged, number)| Some((merged, *kept.get(&number)?)))
            .collect();
    }
    dwarf::carry(&linked, &functions, memory, &mut module);
    let (resolve, world) = (&decoded.resolve, decoded.world);
    let manifest = manifest::manifest(&decoded, &module)?;
    let encoding = wit_component::StringEncoding::UTF8;
    wit_component::embed_component_metadata(&mut module, resolve, world, encoding)
        .map_err(|e| fail(&*e))?;
    check(&module, features)?;
    Ok(Lowered { module, manifest })
}

/// The module must be what it claims to be.
fn check(module: &[u8], features: WasmFeatures) -> Result<()> {
    let known = WasmFeatures::all();
    Validator::new_with_features(known)
        .validate_all(module)
        .map_err(|e| crash(&e.to_string()))?;
    needs(module, features)?.map_or(Ok(()), |what| {
        Err(Diagnostic::new(format!(
            "the lowered module needs more than `--features` allows: {what}"
        ))
        .hint("name what the engine has, such as `--features wasm3`; with `--memory single` most is written in other words")
        .into())
    })
}

/// Refuses what reaches a memory in ways that have no place in a part of one.
fn check_memory(module: &[u8]) -> Result<()> {
    let features = WasmFeatures::all()
        .difference(WasmFeatures::THREADS)
        .difference(WasmFeatures::MEMORY64)
        .difference(WasmFeatures::MEMORY_CONTROL);
    needs(module, features)?.map_or(Ok(()), |what| {
        Err(unsupported(
            &format!("it cannot have one memory: {what}"),
            "lower with `--memory multi`",
        ))
    })
}

/// What a module has beyond some features, and in which function.
fn needs(module: &[u8], features: WasmFeatures) -> Result<Option<String>> {
    let Err(error) = Validator::new_with_features(features).validate_all(module) else {
        return Ok(None);
    };
    let parsed = parse::Parsed::new(module)?;
    let at = error.offset();
    let inside = |body: &wasmparser::FunctionBody<'_>| body.range().contains(&at);
    let function = parsed.bodies.iter().position(inside);
    Ok(Some(match function {
        Some(i) => format!("{} in `{}`", error.message(), parsed.function_name(i)),
        None => error.message().to_owned(),
    }))
}

/// The error of a library.
fn fail(error: &(dyn std::error::Error + 'static)) -> Diagnostic {
    let causes = causes(error).join(": ");
    let first = causes.lines().next().unwrap_or_default();
    Diagnostic::new(format!("cannot lower: {}", first.trim_end_matches(':')))
        .hint("see that `component validate` passes, and that the component runs on wasmtime")
}

/// The error of writing a module.
fn encode(error: &wasm_encoder::reencode::Error<std::convert::Infallible>) -> Diagnostic {
    fail(error)
}

/// What cannot be lowered.
fn unsupported(what: &str, hint: &str) -> Failure {
    Diagnostic::new(format!("cannot lower: {what}"))
        .hint(hint)
        .into()
}

/// What never should be.
fn crash(what: &str) -> Diagnostic {
    Diagnostic::new(format!("internal error: cannot lower {what}"))
        .hint("report it, with the component if you can")
}
