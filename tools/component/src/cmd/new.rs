//! `component new`: makes a component from a core module.

use crate::encoder::{self, EncoderArgs, Encoding};
use crate::error::catch_message;
use crate::input::read_module;
use crate::module::{with_exported_memory, without_sections};
use crate::named_world::NamedWorld;
use rules_wit_common::{display_path, read_bytes, write_output, Diagnostic, Limit, Result};
use std::collections::BTreeSet;
use std::path::PathBuf;
use wasmparser::{Parser, Payload};
use wit_component::{embed_component_metadata, ComponentEncoder};

/// Makes a component from a core module.
///
/// The module names its world in `component-type` sections, which bindings generators write, or
/// `--wit` and `--world` name it. Equal inputs give byte-identical outputs.
#[derive(clap::Args)]
pub struct Args {
    /// The core module.
    module: PathBuf,
    /// The output file; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The label of the Bazel target, for errors.
    #[arg(long)]
    label: Option<String>,
    #[command(flatten)]
    world: NamedWorld,
    /// The encoding of strings in the module, if `--world` names its world.
    #[arg(long, value_enum, default_value_t = Encoding::Utf8, requires = "world")]
    encoding: Encoding,
    /// Export the memory of the module, for compilers that do not.
    #[arg(long)]
    export_memory: bool,
    #[command(flatten)]
    encoder: EncoderArgs,
    /// Copy the input if it is a component, which linkers such as wasm-component-ld write.
    #[arg(long)]
    allow_component: bool,
    /// Remove names and debug information.
    #[arg(long)]
    strip: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    componentize(args).map_err(|e| e.target(args.label.as_deref()))
}

fn componentize(args: &Args) -> Result<()> {
    if args.allow_component {
        let bytes = read_bytes(&args.module, Limit::BINARY)?;
        if Parser::is_component(&bytes) {
            return write_output(&args.output, &bytes, true);
        }
    }
    let mut module = read_module(&args.module)?;
    let shown = display_path(&args.module);
    let summary = summarize(&shown, &module)?;
    if summary.imports.contains(MAIN_MODULE) {
        return Err(Diagnostic::new(format!(
            "`{shown}` is an adapter: it imports `{MAIN_MODULE}`, the module that it is for"
        ))
        .hint("pass the module, and the adapter as `--adapt NAME=FILE`")
        .rule_hint("pass the module that the adapter is for")
        .into());
    }
    let world = args.world.load(args.label.as_deref())?;
    if !summary.has_component_type && world.is_none() && args.encoder.adapters.is_empty() {
        let d = Diagnostic::new(format!(
            "the world of `{shown}` is unknown: it has no `component-type` section"
        ));
        let other =
            "compile the bindings of a world into the module, or compile it for wasm32-wasip2";
        return Err(hinted(d, args, &summary, other).into());
    }
    if args.strip {
        module = strip(&shown, &module)?;
    }
    if args.export_memory {
        let copied = with_exported_memory(&module, "memory");
        module = copied.map_err(|e| bad_module(&shown, &e))?;
    }
    if let Some((loaded, world)) = &world {
        embed_component_metadata(&mut module, &loaded.resolve, *world, args.encoding.into())
            .map_err(|e| {
                encoder::error(&format!("cannot add the world to `{shown}`"), e.as_ref())
            })?;
    }
    let fail = |e: &(dyn std::error::Error + 'static)| encoder_error(args, &shown, &summary, e);
    let mut encoder = ComponentEncoder::default();
    encoder.module(&module).map_err(|e| fail(e.as_ref()))?;
    args.encoder.configure(&mut encoder, fail)?;
    // The library asserts what an unusual module may violate.
    let encoded = catch_message(|| encoder.encode()).map_err(|panic| {
        Diagnostic::new(format!(
            "internal error: cannot make a component from `{shown}`: {panic}"
        ))
        .hint("report it, with the module if possible")
    })?;
    let bytes = encoded.map_err(|e| fail(e.as_ref()))?;
    write_output(&args.output, &bytes, true)
}

fn encoder_error(
    args: &Args,
    shown: &str,
    summary: &Summary,
    error: &(dyn std::error::Error + 'static),
) -> Diagnostic {
    let d = encoder::error(&format!("cannot make a component from `{shown}`"), error);
    let other = match d.title().contains("does not export a memory") {
        true => "link the module so that it exports its memory, or pass `--export-memory`",
        false => "link the module with the bindings of its world, all of one version",
    };
    hinted(d, args, summary, other)
}

/// Adds the hint for a module that imports WASI preview 1 but has no adapter for it, or else `other`.
fn hinted(d: Diagnostic, args: &Args, summary: &Summary, other: &str) -> Diagnostic {
    let name = "wasi_snapshot_preview1";
    let has_adapter = args.encoder.adapters.iter().any(|(n, _)| n == name);
    if has_adapter || !summary.imports.contains(name) {
        return d.hint(other);
    }
    let compiled = "the module is compiled for wasm32-wasip1";
    d.hint(format!(
        "{compiled}: pass `--adapt {name}=ADAPTER`, or compile it for wasm32-wasip2"
    ))
    .rule_hint(format!("{compiled}: compile it for wasm32-wasip2"))
}

/// The module whose exports adapters import.
const MAIN_MODULE: &str = "__main_module__";

struct Summary {
    has_component_type: bool,
    imports: BTreeSet<String>,
}

fn bad_module(shown: &str, e: &wasmparser::BinaryReaderError) -> Diagnostic {
    Diagnostic::new(format!(
        "`{shown}` is not a valid module: {} (at offset {:#x})",
        e.message(),
        e.offset()
    ))
    .hint("rebuild it")
}

fn summarize(shown: &str, module: &[u8]) -> Result<Summary> {
    let mut summary = Summary {
        has_component_type: false,
        imports: BTreeSet::new(),
    };
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(|e| bad_module(shown, &e))? {
            Payload::CustomSection(s) => {
                summary.has_component_type |= s.name().starts_with("component-type");
            }
            Payload::ImportSection(s) => {
                for import in s.into_imports() {
                    let import = import.map_err(|e| bad_module(shown, &e))?;
                    summary.imports.insert(import.module.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok(summary)
}

/// Removes all custom sections except those that name its world.
fn strip(shown: &str, module: &[u8]) -> Result<Vec<u8>> {
    without_sections(module, |name| !name.starts_with("component-type"))
        .map_err(|e| bad_module(shown, &e).into())
}
