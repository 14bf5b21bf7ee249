//! `runner preinit`: takes a snapshot of a component that has started.

use crate::host::check_kind;
use crate::preinit::snapshot;
use crate::script;
use rules_wit_common::{display_path, read_bytes, write_output, Failure, Limit, Result};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Starts a component, and writes a component that starts with the state that this one has then.
///
/// An interpreter loads and compiles its script once, when it is built. Nothing of the host is in
/// the snapshot: there are no arguments, environment variables, directories or input, clocks stand
/// still (at 2020-01-01), and random bytes are constants, also for the seeds of hash tables. What
/// the component prints goes to the standard error. A call of an import that is not WASI is an
/// error. The same component gives the same bytes.
#[derive(clap::Args)]
pub struct Args {
    /// The component
    component: PathBuf,
    /// The output file; `-` is the standard output
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The core module with the scripts of the component: if that does not start, its interpreter says why
    #[arg(long, value_name = "MODULE")]
    scripts: Option<PathBuf>,
    /// The label of the Bazel target, for errors
    #[arg(long)]
    label: Option<String>,
}

/// Runs the command.
pub fn run(args: Args) -> Result<u8> {
    preinit(&args).map_err(|e| e.target(args.label.as_deref()))
}

/// What the interpreter in a core module reports when it loads its scripts.
fn script_error(module: &Path) -> Option<Failure> {
    let bytes = read_bytes(module, Limit::BINARY);
    let loaded = bytes.and_then(|bytes| script::load(&bytes, &display_path(module)));
    loaded.err()
}

fn preinit(args: &Args) -> Result<u8> {
    let name = display_path(&args.component);
    let bytes = read_bytes(&args.component, Limit::BINARY)?;
    check_kind(&bytes, &name)?;
    let snapshot = snapshot(&name, &bytes).map_err(|e| match &args.scripts {
        Some(module) => script_error(module).unwrap_or(e),
        None => e,
    })?;
    let _ = std::io::stderr().write_all(snapshot.output.as_bytes());
    write_output(&args.output, &snapshot.component, true)?;
    Ok(rules_wit_common::exit::OK)
}
