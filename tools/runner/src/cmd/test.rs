//! `runner test`: runs the cases of a file.

use crate::expectation::Expectation;
use crate::guest_args::GuestArgs;
use crate::host::Program;
use crate::json::parse_json;
use crate::suite::{self, Suite};
use rules_wit_common::{display_path, read_text, Limit, Result};
use std::path::{Path, PathBuf};

/// Tests a component: calls functions and compares what they return, or runs it as a command.
#[derive(clap::Args)]
pub struct Args {
    /// The component
    component: PathBuf,

    /// A JSON file: a list of cases, `{"call": .., "value": ..}` or `{"call": .., "trap": ..}`; or an
    /// object with `cases`, or with `stdout`, `stderr_contains`, `exit_code` and `trap` of a command
    #[arg(long)]
    cases: PathBuf,

    #[command(flatten)]
    guest: GuestArgs,

    /// The label of the Bazel target, for errors and the report
    #[arg(long)]
    label: Option<String>,

    /// The command's arguments
    #[arg(last = true)]
    args: Vec<String>,
}

/// Runs the test and returns the exit code.
pub fn run(args: Args) -> Result<u8> {
    let label = args.label.clone();
    run_suite(args).map_err(|e| e.target(label.as_deref()))
}

fn run_suite(args: Args) -> Result<u8> {
    let plan = read(&args.cases)?.plan()?;
    suite::run(Suite {
        name: args.label.unwrap_or_else(|| display_path(&args.component)),
        program: Program::load(&args.component)?,
        setup: args.guest.setup(args.args),
        plan,
    })
}

fn read(file: &Path) -> Result<Expectation> {
    let text = read_text(file, Limit::PARAMS)?;
    let hint = "see `runner test --help` for the format";
    if text.trim_start().starts_with('[') {
        return Ok(Expectation {
            cases: Some(parse_json(file, &text, hint)?),
            ..Expectation::default()
        });
    }
    parse_json(file, &text, hint)
}
