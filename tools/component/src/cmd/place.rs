//! `component place`: makes one core module of an interpreter and the library of a world.

use crate::input::read_module;
use crate::place::{place, Input};
use crate::script_sources::SourceArgs;
use rules_wit_common::{display_path, write_output, Result};
use std::path::PathBuf;

/// Makes one core module of an interpreter and the library of a world.
///
/// The interpreter is an ordinary module: a reactor, in any language and with any static libc, that
/// exports the functions in `wit_dylib.h`. The library, from `component dylib`, is placed behind its
/// memory and table, and what is unreachable is removed, with the debug information. `component new`
/// makes a component of the result. The sources of a script are data behind the library; the
/// interpreter imports `env.wit_dylib_sources` to find them. If no function of the world is
/// asynchronous, the built-in functions that the interpreter imports for these are replaced by traps.
#[derive(clap::Args)]
pub struct Args {
    /// The interpreter: a core module.
    module: PathBuf,
    /// The library of the world.
    #[arg(long, value_name = "FILE")]
    dylib: PathBuf,
    #[command(flatten)]
    sources: SourceArgs,
    /// The output file; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The label of the Bazel target, for errors.
    #[arg(long)]
    label: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    run_place(args)
        .and_then(|bytes| write_output(&args.output, &bytes, true))
        .map_err(|e| e.target(args.label.as_deref()))
}

fn run_place(args: &Args) -> Result<Vec<u8>> {
    let (main, dylib) = (read_module(&args.module)?, read_module(&args.dylib)?);
    let input = |path, bytes| Input {
        shown: display_path(path),
        bytes,
    };
    place(
        &input(&args.module, &main),
        &input(&args.dylib, &dylib),
        &args.sources.read()?,
    )
}
