//! The checks of a test: a call or a command, and what it should return and write.

use crate::call::{call, command, End, Trap};
use crate::capture::{capture, Captured, Outputs, Stream};
use crate::expectation::{Case, Expectation};
use crate::exports::find;
use crate::host::{Program, Setup};
use crate::limits::Refused;
use crate::text::{ends, indent};
use crate::types::Function;
use crate::{diff, wave};
use rules_wit_common::Failure;

/// The most characters of a value or stream in the log.
pub const MAX_SHOWN: usize = 10_000;

/// A component and its environment.
pub struct Guest<'a> {
    /// The component.
    pub program: &'a Program,
    /// The environment.
    pub setup: &'a Setup,
}

/// Calls a function and compares its end. The error is the failure of the case. What the guest writes is
/// added to `captured`.
pub fn check_call(
    guest: &Guest,
    all: &[Function],
    case: &Case,
    outputs: Option<&Outputs>,
    captured: &mut Captured,
) -> Result<(), String> {
    let parsed = wave::parse_call(&case.call).map_err(text)?;
    let function = find(all, parsed.name, &guest.program.name).map_err(text)?;
    let arguments = parsed.values(function).map_err(text)?;
    let result_type = function.ty.results().next();
    // A malformed expectation is an error before the call.
    let expected = match &case.value {
        Some(value) => Some(wave::parse_expected(value, result_type.as_ref()).map_err(text)?),
        None => None,
    };
    let (end, streams) = capture(outputs, |stdio| {
        call(guest.program, guest.setup, stdio, function, &arguments)
    })
    .map_err(text)?;
    *captured = streams;
    match (expected, end.map_err(text)?) {
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

/// Runs the command and compares its end and its output, as [`check_call`].
pub fn check_command(
    guest: &Guest,
    entry: &Function,
    expected: &Expectation,
    outputs: Option<&Outputs>,
    captured: &mut Captured,
) -> Result<(), String> {
    let (end, streams) = capture(outputs, |stdio| {
        command(guest.program, guest.setup, stdio, entry)
    })
    .map_err(text)?;
    *captured = streams;
    let end = end.map_err(text)?;
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
        wrong.extend(check_stdout(wanted, &captured.stdout));
    }
    if let Some(wanted) = &expected.stderr_contains {
        wrong.extend(check_stderr(wanted, &captured.stderr));
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(wrong.join("\n")),
    }
}

fn check_stdout(wanted: &str, stdout: &Stream) -> Option<String> {
    if stdout.is_whole() && stdout.start() == wanted.as_bytes() {
        return None;
    }
    let got = String::from_utf8_lossy(stdout.start());
    let compared = match stdout.is_whole() {
        true => String::new(),
        false => format!(
            ", compared up to {} of {} bytes",
            Stream::limit(),
            stdout.length()
        ),
    };
    Some(format!(
        "stdout differs (-expected, +got{compared}):\n{}",
        indent(&diff::lines(wanted, &got))
    ))
}

fn check_stderr(wanted: &str, stderr: &Stream) -> Option<String> {
    if stderr.contains(wanted) {
        return None;
    }
    let searched = match stderr.is_whole() {
        true => String::new(),
        false => format!(
            " in the first {} of {} bytes",
            Stream::limit(),
            stderr.length()
        ),
    };
    Some(format!("stderr does not contain \"{wanted}\"{searched}"))
}

fn text(failure: Failure) -> String {
    failure.render(false).trim_end().to_owned()
}

fn differ(expected: &str, got: &str) -> String {
    format!(
        "expected: {}\ngot:      {}",
        ends(expected, MAX_SHOWN),
        ends(got, MAX_SHOWN)
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
    let mut text = format!("a trap: {}", trap.message);
    let refused = trap.refused.map(Refused::explain);
    for more in [Some(&trap.backtrace), refused.as_ref()]
        .into_iter()
        .flatten()
    {
        if !more.is_empty() {
            text.push('\n');
            text.push_str(more);
        }
    }
    text
}
