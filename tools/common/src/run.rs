//! The `main` function of the tools.

use crate::diagnostic::Diagnostic;
use crate::exit;
use crate::failure::{Failure, Result};
use crate::launch;
use crate::params::expand_params;
use crate::user_directory;
use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

/// The stack size of the tool's thread. The parsers of WIT and wasm recurse over their input; the
/// memory is reserved, and used only by deeply nested inputs.
const STACK: usize = 256 << 20;

/// Runs a tool and returns its exit code.
///
/// Changes to the directory of the user of `bazel run`, expands `@FILE` arguments, parses the command
/// line as `C`, calls `tool`, and prints its errors. A panic is reported as an internal error. If the
/// tool is linked under the name of a target, the command line starts with the arguments of the target.
pub fn run<C, T>(tool: fn(C) -> Result<T>) -> ExitCode
where
    C: clap::Parser + 'static,
    T: ExitStatus + 'static,
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
            print_diagnostics(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}

/// The result of a tool: nothing, or an exit code of its own.
pub trait ExitStatus {
    /// The exit code.
    fn code(self) -> u8;
}

impl ExitStatus for () {
    fn code(self) -> u8 {
        exit::OK
    }
}

impl ExitStatus for u8 {
    fn code(self) -> u8 {
        self
    }
}

/// Prints errors and warnings to standard error.
pub fn print_diagnostics(failure: &Failure) {
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    // A closed standard error cannot be reported anywhere.
    let _ = std::io::stderr().write_all(failure.render(colour).as_bytes());
}

/// The initial heap size of the tool's thread; only the used part takes memory.
const HEAP: usize = 16 << 20;

/// Grows the heap of this thread at once. Growing it page by page, with a system call each, takes a
/// good part of the time of a tool that runs for milliseconds.
fn reserve() {
    // The first allocation exceeds the heap, which makes the allocator keep the second one in it.
    for _ in 0..2 {
        drop(std::hint::black_box(Vec::<u8>::with_capacity(HEAP)));
    }
}

fn change_dir(dir: &Path) -> Result<()> {
    std::env::set_current_dir(dir).map_err(|e| {
        let shown = dir.to_string_lossy();
        Diagnostic::environment(format!("cannot change to `{shown}`: {e}")).into()
    })
}

fn start<C: clap::Parser, T: ExitStatus>(tool: fn(C) -> Result<T>) -> Result<u8> {
    reserve();
    let argv0 = std::env::args_os().next().unwrap_or_default();
    let from = std::env::var_os("BUILD_WORKING_DIRECTORY").filter(|d| !d.is_empty());
    let Some(file) = launch::args_file(&argv0) else {
        if let Some(dir) = from {
            change_dir(Path::new(&dir))?;
        }
        return parse_and_run(tool, expand_params(std::env::args_os())?);
    };
    let mut args = launch::read_args(&argv0, &file)?;
    args.insert(0, argv0.clone());
    args.extend(std::env::args_os().skip(1));
    user_directory::set(from.map(PathBuf::from))?;
    if let Some(directory) = launch::directory(&argv0) {
        change_dir(&directory)?;
    }
    parse_and_run(tool, args)
}

fn parse_and_run<C: clap::Parser, T: ExitStatus>(
    tool: fn(C) -> Result<T>,
    args: Vec<OsString>,
) -> Result<u8> {
    match C::try_parse_from(args) {
        Ok(cli) => tool(cli).map(ExitStatus::code),
        Err(e) => {
            let _ = e.print();
            Ok(match e.exit_code() {
                0 => exit::OK,
                _ => exit::USAGE,
            })
        }
    }
}

/// The message of the first panic.
type Panics = Arc<Mutex<Option<String>>>;

/// Records the message of a panic instead of printing a backtrace.
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
        let location = info
            .location()
            .map(|l| {
                // Only the file name: the rest depends on where the library was compiled.
                let file = l.file().rsplit(['/', '\\']).next().unwrap_or_default();
                format!(" ({file}:{})", l.line())
            })
            .unwrap_or_default();
        let mut slot = sink.lock().unwrap_or_else(PoisonError::into_inner);
        slot.get_or_insert(format!("{text}{location}"));
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
