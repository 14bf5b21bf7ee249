//! `wit`: reads WIT packages, checks them, and generates bindings.
//!
//! Exit codes: 0 fine, 1 the input is at fault, 2 usage, 3 file system.

mod bindgen_rust;
mod breaking;
mod buildfiles;
mod check;
mod closure;
mod crates;
mod docs;
mod fix;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod generated;
mod generator;
mod graph;
mod manifest;
mod modules;
mod normalise;
mod packages;
mod reference;
mod resolve;
mod spans;
mod text;
mod tree;
mod uses;

use clap::{Parser, Subcommand};
use rules_wit_common::{versions, Result};
use std::process::ExitCode;

/// Reads WIT packages, checks them, and generates bindings.
#[derive(Parser)]
#[command(name = "wit", bin_name = "wit", version = versions::WIT, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Check(check::Args),
    Docs(reference::Args),
    Fix(fix::Args),
    Breaking(breaking::Args),
    Buildfiles(buildfiles::Args),
    Closure(closure::ClosureArgs),
    Encode(closure::EncodeArgs),
    Graph(graph::Args),
    Resolve(resolve::Args),
    BindgenRust(Box<bindgen_rust::Args>),
    /// Prints the versions of the libraries in this tool.
    Version,
}

fn main() -> ExitCode {
    rules_wit_common::run(|cli: Cli| -> Result<()> {
        match cli.command {
            Command::Check(args) => check::run(&args),
            Command::Docs(args) => reference::run(&args),
            Command::Fix(args) => fix::run(&args),
            Command::Breaking(args) => breaking::run(&args),
            Command::Buildfiles(args) => buildfiles::run(&args),
            Command::Closure(args) => closure::run(&args),
            Command::Encode(args) => closure::encode(&args),
            Command::Graph(args) => graph::run(&args),
            Command::Resolve(args) => resolve::run(&args),
            Command::BindgenRust(args) => bindgen_rust::run(&args),
            Command::Version => rules_wit_common::write_output(
                std::path::Path::new("-"),
                format!("{}\n", versions::WIT).as_bytes(),
                false,
            ),
        }
    })
}
