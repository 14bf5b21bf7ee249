//! `component`: makes, checks, prints, composes and lowers WebAssembly components.
//!
//! Exit codes: 0 success, 1 an error in the input, 2 an error in the command line, 3 an error of
//! the file system.

mod async_builtins;
mod cmd;
mod compose;
mod composition;
mod conformance;
mod dylib;
mod encoder;
mod error;
mod graph;
mod input;
mod lower;
mod module;
mod named_file;
mod named_world;
mod pic;
mod place;
mod plug;
mod script_sources;
mod static_link;
mod types;
mod unbundle;
mod unused;
mod value_size;

use clap::{Parser, Subcommand};
use rules_wit_common::versions;
use std::process::ExitCode;

/// Makes, checks, prints, composes and lowers WebAssembly components.
#[derive(Parser)]
#[command(name = "component", bin_name = "component", version = versions::COMPONENT, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Lower(cmd::lower::Args),
    New(cmd::new::Args),
    Dylib(cmd::dylib::Args),
    Pic(cmd::pic::Args),
    Place(cmd::place::Args),
    Link(cmd::link::Args),
    Validate(cmd::validate::Args),
    Targets(cmd::targets::Args),
    Wit(cmd::wit::Args),
    Plug(cmd::plug::Args),
    Compose(cmd::compose::Args),
    Unbundle(cmd::unbundle::Args),
    StaticLibrary(cmd::static_library::Args),
    StaticLink(cmd::static_link::Args),
    Graph(cmd::graph::Args),
    Version(cmd::version::Args),
}

fn main() -> ExitCode {
    rules_wit_common::run(|cli: Cli| match cli.command {
        Command::Lower(args) => cmd::lower::run(&args),
        Command::New(args) => cmd::new::run(&args),
        Command::Dylib(args) => cmd::dylib::run(&args),
        Command::Pic(args) => cmd::pic::run(&args),
        Command::Place(args) => cmd::place::run(&args),
        Command::Link(args) => cmd::link::run(&args),
        Command::Validate(args) => cmd::validate::run(&args),
        Command::Targets(args) => cmd::targets::run(&args),
        Command::Wit(args) => cmd::wit::run(&args),
        Command::Plug(args) => cmd::plug::run(&args),
        Command::Compose(args) => cmd::compose::run(&args),
        Command::Unbundle(args) => cmd::unbundle::run(&args),
        Command::StaticLibrary(args) => cmd::static_library::run(&args),
        Command::StaticLink(args) => cmd::static_link::run(&args),
        Command::Graph(args) => cmd::graph::run(&args),
        Command::Version(args) => cmd::version::run(&args),
    })
}
