//! Runs and tests WebAssembly components: the only tool here that links Wasmtime.
//!
//! Exit codes: 0 success; 1 invalid component or failed test; 2 usage; 3 environment; 134 a trap in
//! a program. A program that exits passes its own exit code on.

mod async_values;
mod backtrace;
mod call;
mod capture;
mod check;
mod cmd;
mod command;
mod coverage;
mod diff;
mod expectation;
mod exports;
mod features;
mod guest_args;
mod host;
mod http;
mod imports;
mod json;
mod junit;
mod kind;
mod limits;
mod maps;
mod network;
mod open_args;
mod outcome;
mod precompiled;
mod preinit;
mod protocol;
mod refusal;
mod requests;
mod script;
mod suite;
mod text;
mod types;
#[cfg(test)]
mod wast;
mod wave;

use clap::{Parser, Subcommand};
use rules_wit_common::exit;
use std::process::ExitCode;

/// Runs and tests WebAssembly components.
#[derive(Parser)]
#[command(
    name = "runner",
    bin_name = "runner",
    after_help = "Exit codes: 0 success, 1 invalid component or failed test, 2 usage, 3 environment, \
                  134 a trap; `run` exits with the exit code of the program, \
                  and `serve` with 0 after SIGINT or SIGTERM."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(cmd::run::Args),
    Serve(cmd::serve::Args),
    Invoke(cmd::invoke::Args),
    Test(cmd::test::Args),
    Precompile(cmd::precompile::Args),
    Preinit(cmd::preinit::Args),
    CheckScript(cmd::check_script::Args),
    Version(cmd::version::Args),
}

fn main() -> ExitCode {
    rules_wit_common::run(|cli: Cli| match cli.command {
        Command::Run(args) => cmd::run::run(args),
        Command::Serve(args) => cmd::serve::run(args),
        Command::Invoke(args) => cmd::invoke::run(args),
        Command::Test(args) => cmd::test::run(args),
        Command::Precompile(args) => cmd::precompile::run(args),
        Command::Preinit(args) => cmd::preinit::run(args),
        Command::CheckScript(args) => cmd::check_script::run(args).map(|()| exit::OK),
        Command::Version(args) => cmd::version::run(args),
    })
}
