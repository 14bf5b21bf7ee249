//! `runner version`.

use rules_wit_common::{exit, write_stdout, Result};

/// Prints the version of the linked Wasmtime.
#[derive(clap::Args)]
pub struct Args {}

/// Prints one line, `wasmtime X.Y.Z`, and returns the exit code.
pub fn run(_args: Args) -> Result<u8> {
    write_stdout(&format!("wasmtime {}\n", wasmtime_environ::VERSION))?;
    Ok(exit::OK)
}
