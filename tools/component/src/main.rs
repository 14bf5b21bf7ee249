//! `component`: makes, checks, prints, composes and lowers WebAssembly components.
//!
//! Exit codes: 0 fine, 1 the input is at fault, 2 usage, 3 file system.

mod compose;
mod encoder;
mod graph;
mod identity;
mod input;
mod link;
mod lower;
mod named_world;
mod new;
mod plug;
mod plug_errors;
mod signatures;
mod static_link;
mod targets;
mod types;
mod unbundle;
mod validate;
mod wit;

use clap::{Parser, Subcommand};
use rules_wit_common::{versions, Result};
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
    Lower(lower::Args),
    New(new::Args),
    Link(link::Args),
    Validate(validate::Args),
    Targets(targets::Args),
    Wit(wit::Args),
    Plug(plug::Args),
    Compose(compose::Args),
    Unbundle(unbundle::Args),
    StaticLibrary(static_link::library::Args),
    StaticLink(static_link::link::Args),
    Graph(graph::Args),
    /// Prints the versions of the libraries in this tool.
    Version,
}

fn main() -> ExitCode {
    rules_wit_common::run(|cli: Cli| -> Result<()> {
        match cli.command {
            Command::Lower(args) => lower::run(&args),
            Command::New(args) => new::run(&args),
            Command::Link(args) => link::run(&args),
            Command::Validate(args) => validate::run(&args),
            Command::Targets(args) => targets::run(&args),
            Command::Wit(args) => wit::run(&args),
            Command::Plug(args) => plug::run(&args),
            Command::Compose(args) => compose::run(&args),
            Command::Unbundle(args) => unbundle::run(&args),
            Command::StaticLibrary(args) => static_link::library::run(&args),
            Command::StaticLink(args) => static_link::link::run(&args),
            Command::Graph(args) => graph::run(&args),
            Command::Version => rules_wit_common::write_output(
                std::path::Path::new("-"),
                format!("{}\n", versions::COMPONENT).as_bytes(),
                false,
            ),
        }
    })
}
