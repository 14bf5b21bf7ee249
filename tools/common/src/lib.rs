//! The code that all tools share: diagnostics, exit codes, limited reads and atomic writes, and `main`.
//!
//! ```no_run
//! use rules_wit_common::{run, Diagnostic, Result};
//!
//! #[derive(clap::Parser)]
//! struct Cli {}
//!
//! fn tool(_cli: Cli) -> Result<()> {
//!     Err(Diagnostic::new("no world to check").hint("pass `--world`").into())
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     run(tool)
//! }
//! ```

mod diagnostic;
pub mod exit;
mod failure;
mod files;
mod launch;
mod output;
mod params;
mod run;
mod runfiles;
mod site;
mod toml;
mod user_directory;
#[rustfmt::skip] // Rendered from a template.
pub mod versions;

pub use diagnostic::{Diagnostic, Severity};
pub use failure::{Failure, Result};
pub use files::{display_path, read_bytes, read_text, reason, text_of, Limit};
pub use output::{
    is_temporary, write_file, write_output, write_source_file, write_stdout, Outputs,
};
pub use params::expand_params;
pub use run::{print_diagnostics, run, ExitStatus};
pub use site::{Line, Site};
pub use toml::nests_too_deeply;
pub use user_directory::user_path;
