//! `wit`: checks, updates, compares and documents WIT packages, and generates bindings.
//!
//! Exit codes: 0 success, 1 error in the input, 2 usage error, 3 file system error.

mod bindings;
mod cmd;
mod declared_deps;
mod edit;
mod encoding;
#[cfg(test)]
mod fuzz;
mod host_bindings;
mod js_types;
mod manifest;
mod package_graph;
mod packages;
mod problem;
#[cfg(test)]
mod random_packages;
mod syntax;
mod tree;
mod wording;

use clap::{Parser, Subcommand};
use rules_wit_common::{versions, Result};
use std::process::ExitCode;

/// Checks, updates, compares and documents WIT packages, and generates bindings.
#[derive(Parser)]
#[command(name = "wit", bin_name = "wit", version = versions::WIT, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Check(cmd::check::Args),
    Docs(cmd::docs::Args),
    Fix(cmd::fix::Args),
    Breaking(cmd::breaking::Args),
    Buildfiles(cmd::buildfiles::Args),
    Closure(cmd::closure::Args),
    Encode(cmd::encode::Args),
    Graph(cmd::graph::Args),
    Resolve(cmd::resolve::Args),
    BindgenJsTypes(cmd::bindgen_js_types::Args),
    BindgenMoonbit(cmd::bindgen_moonbit::Args),
    BindgenRust(Box<cmd::bindgen_rust::Args>),
    HostBindgenC(cmd::host_bindgen_c::Args),
    HostBindgenMoonbit(cmd::host_bindgen_moonbit::Args),
    HostBindgenRust(Box<cmd::host_bindgen_rust::Args>),
    Version(cmd::version::Args),
}

fn main() -> ExitCode {
    rules_wit_common::run(|cli: Cli| -> Result<()> {
        match cli.command {
            Command::Check(args) => cmd::check::run(&args),
            Command::Docs(args) => cmd::docs::run(&args),
            Command::Fix(args) => cmd::fix::run(&args),
            Command::Breaking(args) => cmd::breaking::run(&args),
            Command::Buildfiles(args) => cmd::buildfiles::run(&args),
            Command::Closure(args) => cmd::closure::run(&args),
            Command::Encode(args) => cmd::encode::run(&args),
            Command::Graph(args) => cmd::graph::run(&args),
            Command::Resolve(args) => cmd::resolve::run(&args),
            Command::BindgenJsTypes(args) => cmd::bindgen_js_types::run(&args),
            Command::BindgenMoonbit(args) => cmd::bindgen_moonbit::run(&args),
            Command::BindgenRust(args) => cmd::bindgen_rust::run(&args),
            Command::HostBindgenC(args) => cmd::host_bindgen_c::run(&args),
            Command::HostBindgenMoonbit(args) => cmd::host_bindgen_moonbit::run(&args),
            Command::HostBindgenRust(args) => cmd::host_bindgen_rust::run(&args),
            Command::Version(args) => cmd::version::run(&args),
        }
    })
}
