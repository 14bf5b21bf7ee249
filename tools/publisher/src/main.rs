//! `publisher`: components and WIT packages in OCI registries, and their provenance.
//!
//! Exit codes: 0 success, 1 an invalid artifact or one that does not verify, 2 usage, 3 an error of the network, the registry
//! or the file system.

mod artifact;
mod auth;
mod binary;
mod cmd;
mod credentials;
mod digest;
mod http;
mod lockfile;
mod provenance;
mod reference;
mod registry;
mod signing;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Pushes and pulls components and WIT packages, and verifies their provenance.
#[derive(Parser)]
#[command(
    name = "publisher",
    bin_name = "publisher",
    after_help = "Exit codes: 0 success, 1 an artifact that is invalid or does not verify, 2 usage, 3 environment. \
                  Credentials are those of Docker's configuration."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Push(cmd::push::Args),
    Pull(cmd::pull::Args),
    Verify(cmd::verify::Args),
    Provenance(cmd::provenance::Args),
    Embed(cmd::embed::Args),
}

fn main() -> ExitCode {
    rules_wit_common::run(|cli: Cli| match cli.command {
        Command::Push(args) => cmd::push::run(&args),
        Command::Pull(args) => cmd::pull::run(&args),
        Command::Verify(args) => cmd::verify::run(&args),
        Command::Provenance(args) => cmd::provenance::run(&args),
        Command::Embed(args) => cmd::embed::run(&args),
    })
}
