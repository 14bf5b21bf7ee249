//! `component dylib`: generates the library of a world, for interpreters.

use crate::dylib::{generate, Options};
use crate::encoder::Encoding;
use crate::named_world::WorldSource;
use rules_wit_common::{Diagnostic, Outputs, Result};
use std::fmt::Display;
use std::path::PathBuf;
use wasmparser::{Validator, WasmFeatures};
use wit_dylib::StackPointer;

/// Generates a shared library that implements a world in terms of the functions of an interpreter.
///
/// The library depends on the world alone: it converts between the canonical ABI and the functions
/// in `wit_dylib.h`, which any interpreter can implement. `component place` makes one core module
/// of both, `component link` one component. The library is that of `wasm-tools wit-dylib`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    world: WorldSource,
    /// The name of the interpreter's library, which `component link` looks for.
    #[arg(long, value_name = "NAME")]
    interpreter: Option<String>,
    /// A function to call asynchronously: `all`, `-all`, or `NAME`, with `import:`, `export:` or
    /// `-` (not asynchronously) before it. The first filter that matches decides, then the WIT.
    #[arg(
        long = "async",
        value_name = "FILTER",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    async_filters: Vec<String>,
    /// Refuse asynchronous functions, for interpreters that do not support them.
    #[arg(long)]
    no_async: bool,
    /// Refuse futures and streams, for interpreters that do not support them.
    #[arg(long)]
    no_streams: bool,
    /// Where the stack pointer is: a global, or for WASI 0.3 and later the context of the task.
    #[arg(long, value_enum, default_value_t = Location::Global)]
    stack_pointer: Location,
    /// The encoding of strings.
    #[arg(long, value_enum, default_value_t = Encoding::Utf8)]
    encoding: Encoding,
    /// Validate the library.
    #[arg(long)]
    validate: bool,
    /// Write the library in the text format.
    #[arg(short = 't', long)]
    wat: bool,
    /// A file for the functions and types of the world, by the numbers that the interpreter gets,
    /// as JSON.
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    /// The output file; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The label of the Bazel target, for errors.
    #[arg(long)]
    label: Option<String>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Location {
    Global,
    TaskContext,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    dylib(args).map_err(|e| e.target(args.label.as_deref()))
}

fn dylib(args: &Args) -> Result<()> {
    let (loaded, world) = args.world.load(args.label.as_deref())?;
    let dylib = generate(
        &loaded,
        world,
        &Options {
            interpreter: args.interpreter.as_deref(),
            async_filters: &args.async_filters,
            no_async: args.no_async,
            no_streams: args.no_streams,
            stack_pointer: match args.stack_pointer {
                Location::Global => StackPointer::Global,
                Location::TaskContext => StackPointer::TaskContext,
            },
            encoding: args.encoding.into(),
        },
    )?;
    if args.validate {
        Validator::new_with_features(WasmFeatures::all())
            .validate_all(&dylib.library)
            .map_err(|e| invalid(&e))?;
    }
    let text = match args.wat {
        true => Some(wasmprinter::print_bytes(&dylib.library).map_err(|e| invalid(&e))?),
        false => None,
    };
    let mut outputs = Outputs::default();
    match &text {
        Some(text) => outputs.text(&args.output, text)?,
        None => outputs.binary(&args.output, &dylib.library)?,
    }
    if let Some(file) = &args.metadata {
        outputs.text(file, &dylib.metadata)?;
    }
    outputs.commit()
}

fn invalid(e: &dyn Display) -> Diagnostic {
    Diagnostic::new(format!("the generated library is not valid: {e}"))
        .hint("report it, with the WIT if possible")
}
