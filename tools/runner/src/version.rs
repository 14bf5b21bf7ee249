//! `runner version`.

use crate::options::print;
use rules_wit_common::{exit, Result};

/// Prints the version of the linked Wasmtime.
#[derive(clap::Args)]
pub struct Opts {}

impl Opts {
    /// Prints one line, `wasmtime X.Y.Z`.
    pub fn run(self) -> Result<u8> {
        print(&format!("wasmtime {}\n", wasmtime_environ::VERSION))?;
        Ok(exit::OK)
    }
}
