//! `runner run`: runs a command, or serves a component that handles HTTP requests.

use crate::command;
use crate::guest_args::GuestArgs;
use crate::host::{Binary, Mode};
use crate::http::serve::serve_with;
use crate::kind::Kind;
use crate::open_args::open_args;
use rules_wit_common::Result;
use std::path::PathBuf;

/// Runs a command: a component that exports `wasi:cli/run`. If it exports `wasi:http/incoming-handler` or
/// `wasi:http/handler` instead, serves it: its arguments are the options of `runner serve`.
#[derive(clap::Args)]
pub struct Args {
    /// The component
    component: PathBuf,

    #[command(flatten)]
    guest: GuestArgs,

    /// Loads machine code that `runner precompile` wrote, if its SHA-256 is this: 64 digits, or a file that begins with
    /// them. Wasmtime trusts such code
    #[arg(long, value_name = "SHA256")]
    precompiled: Option<String>,

    /// Makes arguments that name existing files or directories absolute, and lets the guest read them
    #[arg(long)]
    open_args: bool,

    /// The label of the Bazel target, for errors
    #[arg(long)]
    label: Option<String>,

    /// The program's arguments
    #[arg(last = true)]
    args: Vec<String>,
}

/// Runs the program. Exits the process with the program's exit code; returns only if it traps.
pub fn run(args: Args) -> Result<u8> {
    let label = args.label.clone();
    run_program(args).map_err(|e| e.target(label.as_deref()))
}

fn run_program(args: Args) -> Result<u8> {
    let mut setup = args.guest.setup(args.args);
    let binary = Binary::read(&args.component, args.precompiled.as_deref())?;
    if Kind::of(binary.bytes()) == Kind::Handler {
        let options = std::mem::take(&mut setup.args);
        return serve_with(binary, setup, &options);
    }
    if args.open_args {
        open_args(&mut setup);
    }
    command::run(&binary.compile(Mode::Calls, setup.features)?, &setup)
}
