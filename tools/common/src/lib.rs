//! What all the tools of this repository share: one shape of error, one set of exit codes, and
//! careful reading and writing of files.
//!
//! ```no_run
//! use rules_wit_common::{run, Diagnostic, Result};
//!
//! #[derive(clap::Parser)]
//! struct Cli {}
//!
//! fn tool(_cli: Cli) -> Result<()> {
//!     Err(Diagnostic::new("no world to check").hint("give `--world`").into())
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     run(tool)
//! }
//! ```

mod args;
mod diagnostic;
mod files;
mod main_helper;
#[rustfmt::skip] // Rendered from a template.
pub mod versions;

pub use args::expand_params;
pub use diagnostic::{Diagnostic, Failure, Result, Severity, Site};
pub use files::{
    display_path, read_bytes, read_text, reason, write_file, write_output, write_source_file, Limit,
};
pub use main_helper::{print_diagnostics, run};

/// Exit codes, the same for every tool. A tool never ends with 101: a panic is reported as
/// [`exit::INPUT`] with the message `internal error`.
pub mod exit {
    /// All is well.
    pub const OK: u8 = 0;
    /// The input is at fault: WIT, a module or a component that is wrong.
    pub const INPUT: u8 = 1;
    /// The command line is at fault.
    pub const USAGE: u8 = 2;
    /// The environment is at fault: the file system (or the network, for tools that use it).
    pub const ENVIRONMENT: u8 = 3;
}
