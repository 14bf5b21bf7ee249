//! `component link`: links libraries into a component with one memory.

use crate::async_builtins;
use crate::encoder::{self, EncoderArgs};
use crate::input::read_module;
use crate::named_file::{named_file, NamedFile};
use crate::script_sources::{self, SourceArgs};
use crate::unused::{self, Library};
use rules_wit_common::{write_output, Diagnostic, Result};
use std::path::PathBuf;
use wit_component::Linker;

/// What the built-in implementation of `dlopen` and `dlsym` calls.
const LIBDL: [&str; 2] = ["memcmp", "strlen"];

/// Links shared libraries into a component with one memory.
///
/// Libraries are modules with a `dylink.0` section, as `wasm-ld -shared` writes them. They can use
/// each other's functions and variables; of several definitions of a symbol, the first one is used.
/// The world of the component is the union of the worlds in the `component-type` sections of the
/// libraries. The component has the libraries and two modules that initialize them. If no function of
/// the world is asynchronous, the built-in functions that an interpreter imports for these are
/// replaced by traps.
#[derive(clap::Args)]
pub struct Args {
    /// A library, and the name by which other libraries refer to it; the default is the name of the file.
    #[arg(value_name = "[NAME=]FILE", value_parser = named_file, required_unless_present = "dl_openable")]
    libraries: Vec<NamedFile>,
    /// A library that `dlopen` can find.
    #[arg(long, value_name = "[NAME=]FILE", value_parser = named_file)]
    dl_openable: Vec<NamedFile>,
    /// Add implementations of `dlopen` and `dlsym`.
    #[arg(long)]
    use_built_in_libdl: bool,
    /// Remove what neither another library nor the world reaches, and debug information. Libraries that
    /// `dlopen` can find stay whole.
    #[arg(long)]
    remove_unused: bool,
    /// Replace undefined functions with ones that trap.
    #[arg(long)]
    stub_missing_functions: bool,
    /// The stack size.
    #[arg(long, value_name = "BYTES")]
    stack_size: Option<u32>,
    #[command(flatten)]
    sources: SourceArgs,
    /// Define `wit_dylib_sources`, for an interpreter that calls it, without any `--source`.
    #[arg(long, conflicts_with = "files")]
    no_sources: bool,
    #[command(flatten)]
    encoder: EncoderArgs,
    /// The output file; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The label of the Bazel target, for errors.
    #[arg(long)]
    label: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    link(args)
        .and_then(|bytes| write_output(&args.output, &bytes, true))
        .map_err(|e| e.target(args.label.as_deref()))
}

fn link(args: &Args) -> Result<Vec<u8>> {
    let mut linker = Linker::default();
    linker
        .use_built_in_libdl(args.use_built_in_libdl)
        .stub_missing_functions(args.stub_missing_functions);
    if let Some(size) = args.stack_size {
        linker.stack_size(size);
    }
    let libraries = libraries(args)?;
    for library in &libraries {
        linker
            .library(&library.name, &library.bytes, library.open)
            .map_err(|e| fail(e.as_ref()))?;
    }
    args.encoder.configure(linker.encoder(), fail)?;
    Ok(linker.encode().map_err(|e| fail(e.as_ref()))?)
}

/// The libraries, and those that this command makes.
fn libraries(args: &Args) -> Result<Vec<Library>> {
    let mut libraries = Vec::new();
    for (list, open) in [(&args.libraries, false), (&args.dl_openable, true)] {
        for library in list {
            libraries.push(Library {
                name: library.name.clone(),
                bytes: read_module(&library.file)?,
                open,
            });
        }
    }
    if args.sources.is_given() || args.no_sources {
        let sources = script_sources::library(&args.sources.read()?);
        let traps = async_builtins::stubs(&mut libraries)?;
        let traps = traps.map(|traps| (async_builtins::LIBRARY, traps));
        let made = [(script_sources::LIBRARY, sources)]
            .into_iter()
            .chain(traps);
        libraries.extend(made.map(|(name, bytes)| Library {
            name: name.to_owned(),
            bytes,
            open: false,
        }));
    }
    if args.remove_unused {
        let mut wanted = args.encoder.imported()?;
        if args.use_built_in_libdl {
            wanted.extend(LIBDL.map(str::to_owned));
        }
        unused::remove(&mut libraries, &wanted)?;
    }
    Ok(libraries)
}

fn fail(e: &(dyn std::error::Error + 'static)) -> Diagnostic {
    encoder::error("cannot link", e).hint(
        "pass all libraries that these need, each once, under the names that they need them by",
    )
}
