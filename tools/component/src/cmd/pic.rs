//! `component pic`: makes a relocatable object position-independent.

use crate::input::read_module;
use crate::pic::position_independent;
use rules_wit_common::{display_path, write_output, Result};
use std::path::PathBuf;

/// Makes a relocatable object position-independent, for shared libraries.
///
/// Libraries such as wasi-libc are often not compiled with `-fPIC`, and so cannot be part of a shared
/// library. `wasm-ld -r` links them and what uses them into one object; this command replaces the
/// constant addresses in its code, and `wasm-ld -shared` makes a library of the result. An object with
/// thread-local variables is refused.
#[derive(clap::Args)]
pub struct Args {
    /// The object, from a compiler or from `wasm-ld -r`.
    object: PathBuf,
    /// The output file; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The label of the Bazel target, for errors.
    #[arg(long)]
    label: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    read_module(&args.object)
        .and_then(|bytes| position_independent(&display_path(&args.object), &bytes))
        .and_then(|object| write_output(&args.output, &object, true))
        .map_err(|e| e.target(args.label.as_deref()))
}
