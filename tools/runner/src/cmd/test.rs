//! `runner test`: runs the cases of a file.

use crate::coverage::Coverage;
use crate::expectation::{Expectation, Plan, Requests};
use crate::guest_args::GuestArgs;
use crate::host::{Binary, Mode};
use crate::http::options::Options;
use crate::json::parse_json;
use crate::requests::case::check_cases;
use crate::suite::{self, Suite};
use rules_wit_common::{display_path, read_text, Limit, Result};
use std::path::{Path, PathBuf};

const HINT: &str = "see `runner test --help` for the format";

/// Tests a component: calls functions and compares what they return, sends HTTP requests and compares the
/// responses, or runs it as a command.
#[derive(clap::Args)]
pub struct Args {
    /// The component
    component: PathBuf,

    /// A JSON file: a list of cases, `{"call": .., "value": ..}` or `{"call": .., "trap": ..}`; or an
    /// object with `cases`, or with `stdout`, `stderr_contains`, `exit_code` and `trap` of a command
    #[arg(
        long,
        required_unless_present = "requests",
        conflicts_with = "requests"
    )]
    cases: Option<PathBuf>,

    /// A JSON file: a list of requests, `{"request": "GET /", "expect": {"status": 200, "body": ".."}}`
    #[arg(long)]
    requests: Option<PathBuf>,

    /// Sends all requests at the same time
    #[arg(long, requires = "requests")]
    concurrent: bool,

    #[command(flatten)]
    options: Options,

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
    let (plan, mode) = match (&args.requests, &args.cases) {
        (Some(file), _) => {
            let requests = Requests {
                cases: check_cases(parse_json(file, &read_text(file, Limit::PARAMS)?, HINT)?)?,
                is_concurrent: args.concurrent,
                options: args.options,
            };
            (Plan::Requests(requests), Mode::Server)
        }
        (None, Some(file)) => (read(file)?.plan()?, Mode::Calls),
        (None, None) => (Expectation::default().plan()?, Mode::Calls),
    };
    let setup = args.guest.setup(args.args);
    let mut binary = Binary::read(&args.component, None)?;
    let coverage = match Coverage::from_env()? {
        Some(coverage) => {
            let bytes = binary.bytes().to_vec();
            binary = binary.with_memories(coverage.memories());
            Some((coverage, bytes))
        }
        None => None,
    };
    let code = suite::run(Suite {
        name: args.label.unwrap_or_else(|| display_path(&args.component)),
        program: binary.compile(mode, setup.features)?,
        setup,
        plan,
    })?;
    if let Some((coverage, component)) = coverage {
        coverage.finish(&component)?;
    }
    Ok(code)
}

fn read(file: &Path) -> Result<Expectation> {
    let text = read_text(file, Limit::PARAMS)?;
    if text.trim_start().starts_with('[') {
        return Ok(Expectation {
            cases: Some(parse_json(file, &text, HINT)?),
            ..Expectation::default()
        });
    }
    parse_json(file, &text, HINT)
}
