//! `runner run`: runs a `wasi:cli/run` command.

use crate::command;
use crate::guest_args::GuestArgs;
use crate::host::Program;
use rules_wit_common::Result;
use std::path::PathBuf;

/// Runs a command: a component that exports `wasi:cli/run`.
#[derive(clap::Args)]
pub struct Args {
    /// The component
    component: PathBuf,

    #[command(flatten)]
    guest: GuestArgs,

    /// The program's arguments
    #[arg(last = true)]
    args: Vec<String>,
}

/// Runs the program. Exits the process with the program's exit code; returns only if it traps.
pub fn run(args: Args) -> Result<u8> {
    let program = Program::load(&args.component)?;
    command::run(&program, &args.guest.setup(args.args))
}
