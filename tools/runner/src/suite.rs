//! Runs a test: calls of functions, each in a fresh instance, requests, or a command.

use crate::capture::{Captured, Outputs};
use crate::check::{check_call, check_command, Guest, MAX_SHOWN};
use crate::command::entry;
use crate::expectation::Plan;
use crate::exports::functions;
use crate::host::{Program, Setup};
use crate::junit;
use crate::outcome::{Outcome, Written};
use crate::protocol::{outputs_directory, report_file, Filter, PrematureExit, Shard};
use crate::requests::tester::Tester;
use crate::text::{indent, one_line};
use rules_wit_common::{exit, write_stdout, Diagnostic, Result};
use std::time::{Duration, Instant};

/// The most bytes of each stream in the report.
const MAX_REPORTED: usize = 1 << 20;

/// A test.
pub struct Suite {
    /// The name in the report.
    pub name: String,
    /// The component.
    pub program: Program,
    /// The environment of the guest.
    pub setup: Setup,
    /// The steps.
    pub plan: Plan,
}

/// Runs the test, writes the report, and returns the exit code.
pub fn run(suite: Suite) -> Result<u8> {
    let Suite {
        name,
        program,
        setup,
        plan,
    } = suite;
    let unfinished = PrematureExit::begin()?;
    let shard = Shard::from_env()?;
    let filter = Filter::from_env();
    let directory = outputs_directory();
    let outputs = |prefix: &str| {
        directory.clone().map(|directory| Outputs {
            directory,
            prefix: prefix.to_owned(),
        })
    };

    let mut outcomes = Vec::new();
    let mut selected = 0;
    let mut wanted = |name: &str| {
        if filter.as_ref().is_some_and(|f| !f.has(name)) {
            return false;
        }
        selected += 1;
        shard.is_none_or(|s| s.has(selected - 1))
    };
    match &plan {
        Plan::Calls(cases) => {
            let all = functions(&program);
            let guest = Guest {
                program: &program,
                setup: &setup,
            };
            for (n, case) in cases.iter().enumerate() {
                if wanted(&case.call) {
                    let outputs = outputs(&format!("case-{}.", n + 1));
                    let outcome = timed(&case.call, |captured| {
                        check_call(&guest, &all, case, outputs.as_ref(), captured)
                    });
                    report(outcome, &mut outcomes)?;
                }
            }
        }
        Plan::Command(expected) => {
            let all = functions(&program);
            let guest = Guest {
                program: &program,
                setup: &setup,
            };
            let entry = entry(&program, &all)?;
            if wanted(&name) {
                let outputs = outputs("");
                let outcome = timed(&name, |captured| {
                    check_command(&guest, entry, expected, outputs.as_ref(), captured)
                });
                report(outcome, &mut outcomes)?;
            }
        }
        Plan::Requests(requests) => {
            let tester = Tester::new(program, setup, requests)?;
            let cases = requests.cases.iter().enumerate();
            let cases: Vec<_> = cases.filter(|(_, case)| wanted(case.title())).collect();
            if requests.is_concurrent {
                let cases = cases.into_iter().map(|(_, case)| case);
                for (case, result, time) in tester.check_all(cases.cloned()) {
                    let outcome = outcome(case.title(), result, time, Captured::default());
                    report(outcome, &mut outcomes)?;
                }
            } else {
                for (n, case) in cases {
                    let outputs = outputs(&format!("case-{}.", n + 1));
                    let outcome = timed(case.title(), |captured| {
                        tester.check(case, outputs.as_ref(), captured)
                    });
                    report(outcome, &mut outcomes)?;
                }
            }
        }
    }

    let failed = outcomes.iter().filter(|o| o.failure.is_some()).count();
    write_stdout(&format!(
        "{} passed, {failed} failed\n",
        outcomes.len() - failed
    ))?;
    if let Some(file) = report_file() {
        junit::write(&file, &name, &outcomes)?;
    }
    unfinished.end();
    if let (0, Some(filter), None) = (selected, &filter, shard) {
        return Err(
            Diagnostic::new(format!("no case matches the filter `{}`", filter.text()))
                .hint("a filter is a part of the name of a case, or a pattern with `*` for the whole name")
                .into(),
        );
    }
    Ok(match failed {
        0 => exit::OK,
        _ => exit::INPUT,
    })
}

/// Runs a check, which captures the streams of the guest, and measures its duration.
fn timed(name: &str, check: impl FnOnce(&mut Captured) -> Result<(), String>) -> Outcome {
    let mut captured = Captured::default();
    let start = Instant::now();
    let result = check(&mut captured);
    outcome(name, result, start.elapsed(), captured)
}

fn outcome(name: &str, result: Result<(), String>, time: Duration, captured: Captured) -> Outcome {
    let [stdout, stderr] = [captured.stdout, captured.stderr].map(|stream| Written {
        shown: stream.text(MAX_SHOWN),
        reported: stream.text(MAX_REPORTED),
    });
    Outcome {
        name: name.to_owned(),
        failure: result.err(),
        time,
        stdout,
        stderr,
    }
}

/// Prints the outcome of a case immediately, in case the test is killed later.
fn report(outcome: Outcome, outcomes: &mut Vec<Outcome>) -> Result<()> {
    match &outcome.failure {
        None => {
            let name = one_line(&outcome.name);
            write_stdout(&format!("PASS {name} ({} ms)\n", outcome.time.as_millis()))?;
        }
        Some(failure) => {
            let mut text = format!("FAIL {}\n{}\n", one_line(&outcome.name), indent(failure));
            for (what, stream) in [("stdout", &outcome.stdout), ("stderr", &outcome.stderr)] {
                if !stream.shown.is_empty() {
                    let shown = indent(&indent(&stream.shown));
                    text.push_str(&format!("  {what}:\n{shown}\n"));
                }
            }
            write_stdout(&text)?;
        }
    }
    outcomes.push(outcome);
    Ok(())
}
