//! What every `main` does.

use crate::{exit, expand_params, Diagnostic, Failure, Result};
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

/// Stack for the tool's thread. The libraries that read WIT and wasm recurse over their input; the
/// memory is only reserved, not used, unless an input asks for it.
const STACK: usize = 256 << 20;

/// Runs a tool: changes to the directory where the user of `bazel run` stands, expands `@FILE`
/// arguments, parses the command line, runs `tool`, prints its errors and gives the exit code.
pub fn run<C>(tool: fn(C) -> Result<()>) -> ExitCode
where
    C: clap::Parser + 'static,
{
    let panics = record_panics();
    let thread = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || start(tool));
    let result = match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(internal_error(&panics)),
        Err(e) => Err(Diagnostic::environment(format!("cannot start a thread: {e}")).into()),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            tell(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Prints errors and warnings.
pub fn tell(failure: &Failure) {
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    // If nobody listens there is nobody to tell.
    let _ = std::io::stderr().write_all(failure.render(colour).as_bytes());
}

/// How much the heap of the tool's thread grows by at once, at the start; only what is used of it
/// takes memory.
const HEAP: usize = 16 << 20;

/// Has the thread's heap grow now. Where it grows page by page, each with a call of the system, that
/// is a good part of the time of a tool that runs for milliseconds.
fn reserve() {
    // The first is too large for the heap; that teaches the allocator to keep the second in it.
    for _ in 0..2 {
        drop(std::hint::black_box(Vec::<u8>::with_capacity(HEAP)));
    }
}

fn start<C: clap::Parser>(tool: fn(C) -> Result<()>) -> Result<u8> {
    reserve();
    if let Some(dir) = std::env::var_os("BUILD_WORKING_DIRECTORY") {
        std::env::set_current_dir(&dir).map_err(|e| {
            Diagnostic::environment(format!("cannot change to `{}`: {e}", dir.to_string_lossy()))
        })?;
    }
    let args = expand_params(std::env::args_os())?;
    match C::try_parse_from(args) {
        Ok(cli) => tool(cli).map(|()| exit::OK),
        Err(e) => {
            let _ = e.print();
            Ok(match e.exit_code() {
                0 => exit::OK,
                _ => exit::USAGE,
            })
        }
    }
}

type Panics = Arc<Mutex<Option<String>>>;

/// Keeps the message of a panic for the error report, instead of printing a backtrace.
fn record_panics() -> Panics {
    let panics = Panics::default();
    let sink = Arc::clone(&panics);
    std::panic::set_hook(Box::new(move |info| {
        let text = info
            .payload_as_str()
            .unwrap_or("unknown")
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned();
        let place = info
            .location()
            .map(|l| {
                // Only the file's name: where the library was compiled does not matter.
                let file = l.file().rsplit(['/', '\\']).next().unwrap_or_default();
                format!(" ({file}:{})", l.line())
            })
            .unwrap_or_default();
        let mut slot = sink.lock().unwrap_or_else(PoisonError::into_inner);
        slot.get_or_insert(format!("{text}{place}"));
    }));
    panics
}

fn internal_error(panics: &Panics) -> Failure {
    let slot = panics.lock().unwrap_or_else(PoisonError::into_inner);
    let text = slot.as_deref().unwrap_or("unknown");
    Diagnostic::new(format!("internal error: {text}"))
        .hint("this is a bug: please report it with the input that causes it")
        .into()
}
