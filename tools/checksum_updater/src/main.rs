//! `checksum_updater`: updates and checks the registry of checksums and the generated files.
//!
//! Exit codes: 0 success, 1 a file or a download is wrong, 2 usage, 3 file system or network.

mod cmd;
mod collect;
mod digest;
mod http;
mod pack;
mod problems;
mod registry;
mod source;
mod source_error;
mod sync;
mod tool_versions;
mod update;
mod verify;
mod version;

use clap::{Parser, Subcommand};
use rules_wit_common::{Diagnostic, Result};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Updates and checks the registry of checksums, and the files generated from it and from the versions.
#[derive(Parser)]
#[command(name = "checksum_updater", bin_name = "checksum_updater")]
struct Cli {
    /// The workspace of rules_wit; by default, the one around the current directory.
    #[arg(long, global = true, value_name = "DIR")]
    workspace: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    List(cmd::list::Args),
    Update(cmd::update::Args),
    UpdateAll(cmd::update_all::Args),
    Validate(cmd::validate::Args),
    Sync(cmd::sync::Args),
    Add(cmd::add::Args),
    Pack(cmd::pack::Args),
}

/// The workspace: `given`, the one of `bazel run`, or the one around the current directory.
fn workspace(given: Option<PathBuf>) -> Result<PathBuf> {
    if let Some(given) = given {
        return Ok(given);
    }
    if let Some(root) = std::env::var_os("BUILD_WORKSPACE_DIRECTORY") {
        return Ok(PathBuf::from(root));
    }
    let here = std::env::current_dir()
        .map_err(|e| Diagnostic::environment(format!("cannot find the current directory: {e}")))?;
    let root = here
        .ancestors()
        .find(|d| d.join(tool_versions::PATH).exists());
    root.map(Path::to_owned).ok_or_else(|| {
        Diagnostic::usage(format!("no parent directory has `{}`", tool_versions::PATH))
            .hint("run this in the workspace of rules_wit, or pass `--workspace`")
            .into()
    })
}

fn main() -> ExitCode {
    rules_wit_common::run(|cli: Cli| -> Result<()> {
        let root = || workspace(cli.workspace);
        match cli.command {
            Command::List(args) => cmd::list::run(&root()?, &args),
            Command::Update(args) => cmd::update::run(&root()?, &args),
            Command::UpdateAll(args) => cmd::update_all::run(&root()?, &args),
            Command::Validate(args) => cmd::validate::run(&root()?, &args),
            Command::Sync(args) => cmd::sync::run(&root()?, &args),
            Command::Add(args) => cmd::add::run(&root()?, &args),
            Command::Pack(args) => cmd::pack::run(&args),
        }
    })
}
