//! Runs a test: calls of functions, each in a fresh instance, or a command.

use crate::call::{call, command, End, Trap};
use crate::command::entry;
use crate::expectation::{Case, Expectation, Plan};
use crate::exports::{find, functions};
use crate::host::{Capture, Program, Setup, Stdio};
use crate::outcome::Outcome;
use crate::protocol::{report_file, Filter, PrematureExit, Shard};
use crate::types::Function;
use crate::{diff, junit, wave};
use rules_wit_common::{exit, write_stdout, Diagnostic, Failure, Result};
use std::time::Instant;

/// The most characters of a value or stream in the log.
const MAX_SHOWN: usize = 10_000;

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
    let unfinished = PrematureExit::begin()?;
    let shard = Shard::from_env()?;
    let filter = Filter::from_env();
    let all = functions(&suite.program);

    let mut outcomes = Vec::new();
    let mut selected = 0;
    let mut wanted = |name: &str| {
        if filter.as_ref().is_some_and(|f| !f.has(name)) {
            return false;
        }
        selected += 1;
        shard.is_none_or(|s| s.has(selected - 1))
    };
    match &suite.plan {
        Plan::Calls(cases) => {
            for case in cases.iter().filter(|c| wanted(&c.call)) {
                let outcome = timed(&case.call, |capture| {
                    check_call(&suite, &all, case, capture)
                });
                report(outcome, &mut outcomes)?;
            }
        }
        Plan::Command(expected) => {
            let entry = entry(&suite.program, &all)?;
            if wanted(&suite.name) {
                let outcome = timed(&suite.name, |capture| {
                    check_command(&suite, entry, expected, capture)
                });
                report(outcome, &mut outcomes)?;
            }
        }
    }

    let failed = outcomes.iter().filter(|o| o.failure.is_some()).count();
    write_stdout(&format!(
        "{} passed, {failed} failed\n",
        outcomes.len() - failed
    ))?;
    if let Some(file) = report_file() {
        junit::write(&file, &suite.name, &outcomes)?;
    }
    unfinished.end();
    if let (0, Some(filter), None) = (selected, &filter, shard) {
        return Err(
            Diagnostic::new(format!("no case matches the filter `{}`", filter.text()))
                .hint("a filter is a part of the call, or a pattern with `*` for the whole call")
                .into(),
        );
    }
    Ok(match failed {
        0 => exit::OK,
        _ => exit::INPUT,
    })
}

/// Runs a check with captured streams, and measures its duration.
fn timed(name: &str, check: impl FnOnce(&Capture) -> Result<(), String>) -> Outcome {
    let capture = Capture::new();
    let start = Instant::now();
    let result = check(&capture);
    let time = start.elapsed();
    let text = |bytes: &[u8]| {
        let kept = &bytes[..bytes.len().min(MAX_REPORTED)];
        let mut text = String::from_utf8_lossy(kept).into_owned();
        if kept.len() < bytes.len() {
            text.push_str(&format!("... ({} more bytes)", bytes.len() - kept.len()));
        }
        text
    };
    Outcome {
        name: name.to_owned(),
        failure: result.err(),
        time,
        stdout: text(&capture.stdout.contents()),
        stderr: text(&capture.stderr.contents()),
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
                if !stream.is_empty() {
                    text.push_str(&format!(
                        "  {what}:\n{}\n",
                        indent(&indent(&shorten(stream)))
                    ));
                }
            }
            write_stdout(&text)?;
        }
    }
    outcomes.push(outcome);
    Ok(())
}

fn check_call(
    suite: &Suite,
    all: &[Function],
    case: &Case,
    capture: &Capture,
) -> Result<(), String> {
    let text = |failure: Failure| failure.render(false).trim_end().to_owned();
    let parsed = wave::parse_call(&case.call).map_err(text)?;
    let function = find(all, parsed.name, &suite.program.name).map_err(text)?;
    let arguments = parsed.values(function).map_err(text)?;
    let result_type = function.ty.results().next();
    // A malformed expectation is an error before the call.
    let expected = match &case.value {
        Some(value) => Some(wave::parse_expected(value, result_type.as_ref()).map_err(text)?),
        None => None,
    };
    let stdio = Stdio::Capture(capture.clone());
    let end = call(&suite.program, &suite.setup, &stdio, function, &arguments).map_err(text)?;
    match (expected, end) {
        (Some(expected), End::Value(got)) if expected == got => Ok(()),
        (Some(expected), end) => Err(differ(&show(expected.as_ref()), &show_end(end))),
        (None, end) => check_trap(case.trap.as_deref().unwrap_or_default(), end),
    }
}

fn check_trap(wanted: &str, end: End<Option<wasmtime::component::Val>>) -> Result<(), String> {
    match end {
        End::Trap(trap) if trap.message.contains(wanted) => Ok(()),
        end if wanted.is_empty() => Err(differ("a trap", &show_end(end))),
        end => Err(differ(&format!("a trap with \"{wanted}\""), &show_end(end))),
    }
}

fn check_command(
    suite: &Suite,
    entry: &Function,
    expected: &Expectation,
    capture: &Capture,
) -> Result<(), String> {
    let stdio = Stdio::Capture(capture.clone());
    let end = command(&suite.program, &suite.setup, &stdio, entry)
        .map_err(|failure| failure.render(false).trim_end().to_owned())?;
    let mut wrong = Vec::new();
    let exit_code = expected.exit_code.unwrap_or(0);
    match (end, &expected.trap) {
        (End::Trap(trap), Some(wanted)) if trap.message.contains(wanted.as_str()) => {}
        (End::Trap(trap), None) => {
            wrong.push(differ(&format!("exit code {exit_code}"), &show_trap(&trap)));
        }
        (End::Trap(trap), Some(wanted)) => {
            let wanted = format!("a trap with \"{wanted}\"");
            wrong.push(differ(&wanted, &show_trap(&trap)));
        }
        (End::Value(code) | End::Exit(code), Some(wanted)) => {
            let wanted = match wanted.is_empty() {
                true => "a trap".to_owned(),
                false => format!("a trap with \"{wanted}\""),
            };
            wrong.push(differ(&wanted, &format!("exit code {code}")));
        }
        (End::Value(code) | End::Exit(code), None) if code != exit_code => {
            wrong.push(differ(
                &format!("exit code {exit_code}"),
                &format!("exit code {code}"),
            ));
        }
        _ => {}
    }
    if let Some(wanted) = &expected.stdout {
        let bytes = capture.stdout.contents();
        if *bytes != *wanted.as_bytes() {
            let got = String::from_utf8_lossy(&bytes);
            wrong.push(format!(
                "stdout differs (-expected, +got):\n{}",
                indent(&diff::lines(wanted, &got))
            ));
        }
    }
    if let Some(wanted) = &expected.stderr_contains {
        let bytes = capture.stderr.contents();
        if !String::from_utf8_lossy(&bytes).contains(wanted.as_str()) {
            wrong.push(format!("stderr does not contain \"{wanted}\""));
        }
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(wrong.join("\n")),
    }
}

fn differ(expected: &str, got: &str) -> String {
    format!(
        "expected: {}\ngot:      {}",
        shorten(expected),
        shorten(got)
    )
}

fn show(value: Option<&wasmtime::component::Val>) -> String {
    value.map_or_else(|| "no value".to_owned(), wave::show_value)
}

fn show_end(end: End<Option<wasmtime::component::Val>>) -> String {
    match end {
        End::Value(value) => show(value.as_ref()),
        End::Exit(code) => format!("exit code {code}"),
        End::Trap(trap) => show_trap(&trap),
    }
}

fn show_trap(trap: &Trap) -> String {
    let text = format!("a trap: {}\n{}", trap.message, trap.backtrace);
    text.trim_end().to_owned()
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((at, _)) => format!("{}... ({} more bytes)", &text[..at], text.len() - at),
        None => text.to_owned(),
    }
}

fn one_line(text: &str) -> String {
    let escape = |c: char| match c.is_control() {
        true => c.escape_default().to_string(),
        false => c.to_string(),
    };
    text.chars().map(escape).collect()
}

/// Indents each line, and replaces control characters, which could affect the terminal.
fn indent(text: &str) -> String {
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| match line.is_empty() {
            true => String::new(),
            false => format!(
                "  {}",
                line.replace(|c: char| c.is_control() && c != '\t', "\u{fffd}")
            ),
        })
        .collect();
    lines.join("\n").trim_end().to_owned()
}
