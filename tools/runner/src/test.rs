//! `runner test`: runs the cases of a file.

use crate::host::Program;
use crate::options::{parse_json, GuestOpts};
use crate::suite::{self, Expectation, Suite};
use rules_wit_common::{display_path, read_text, Limit, Result};
use std::path::{Path, PathBuf};

/// Tests a component: calls functions and compares what they return, or runs it as a command.
#[derive(clap::Args)]
pub struct Opts {
    /// The component
    component: PathBuf,

    /// A JSON file: a list of cases `{"call": .., "value": ..}` or `{"call": .., "trap": ..}`, or an
    /// object with `cases`, or with `stdout`, `stderr_contains`, `exit_code`, `trap` for a command
    #[arg(long)]
    cases: PathBuf,

    #[command(flatten)]
    guest: GuestOpts,

    /// The command's arguments
    #[arg(last = true)]
    args: Vec<String>,
}

impl Opts {
    /// Runs the test.
    pub fn run(self) -> Result<u8> {
        let plan = read(&self.cases)?.plan()?;
        suite::run(Suite {
            name: display_path(&self.component),
            program: Program::load(&self.component)?,
            setup: self.guest.setup(self.args),
            plan,
        })
    }
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
