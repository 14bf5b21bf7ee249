//! Runs and tests WebAssembly components: the only tool here that links Wasmtime.
//!
//! Exit codes: 0 all is well; 1 the component or a test is at fault; 2 the command line; 3 the
//! environment; 134 a trap in a program that was run. A program that ends by itself passes its own
//! exit code on.
//!
//! Where `<argv[0]>.launch.json` exists the tool takes its orders from there: see [`launch`].

use clap::{Parser, Subcommand};
use rules_wit_common::{exit, Diagnostic, Result};
use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

mod call;
mod cmd;
mod command;
mod diff;
mod expectation;
mod exports;
mod guest_args;
mod host;
mod json;
mod junit;
mod launch;
mod outcome;
mod protocol;
mod runfiles;
mod suite;
mod types;
mod wave;

/// Runs and tests WebAssembly components.
#[derive(Parser)]
#[command(
    name = "runner",
    after_help = "Exit codes: 0 fine, 1 the component or a test is at fault, 2 usage, 3 environment, \
                  134 a trap; `run` passes the program's own exit code on."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(cmd::run::Args),
    Invoke(cmd::invoke::Args),
    Test(cmd::test::Args),
    Version(cmd::version::Args),
}

/// Wasmtime and the WAVE parser recurse over their input; the stack is only reserved, not used,
/// unless an input asks for it.
const STACK: usize = 256 << 20;

fn main() -> ExitCode {
    let mut args = std::env::args_os();
    let launch = args.next().and_then(|argv0| launch::launch_file(&argv0));
    match launch {
        Some(spec) => {
            let args = args.collect();
            guarded(move || launch::launch(&spec, args))
        }
        None => guarded(|| command_line(std::env::args_os().collect())),
    }
}

fn command_line(args: Vec<OsString>) -> Result<u8> {
    // Unlike the other tools this one does not expand `@FILE`: the arguments are the guest's too.
    if let Some(dir) = std::env::var_os("BUILD_WORKING_DIRECTORY") {
        std::env::set_current_dir(&dir).map_err(|e| {
            Diagnostic::environment(format!("cannot change to `{}`: {e}", dir.to_string_lossy()))
        })?;
    }
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(e) => {
            let _ = e.print();
            return Ok(match e.exit_code() {
                0 => exit::OK,
                _ => exit::USAGE,
            });
        }
    };
    match cli.command {
        Command::Run(args) => cmd::run::run(args),
        Command::Invoke(args) => cmd::invoke::run(args),
        Command::Test(args) => cmd::test::run(args),
        Command::Version(args) => cmd::version::run(args),
    }
}

/// Runs `tool` on a thread with a large stack, prints its errors, and turns a panic into an error.
fn guarded(tool: impl FnOnce() -> Result<u8> + Send + 'static) -> ExitCode {
    let panic = Arc::new(Mutex::new(String::from("unknown")));
    let sink = Arc::clone(&panic);
    std::panic::set_hook(Box::new(move |info| {
        let text = info.payload_as_str().unwrap_or("unknown").to_owned();
        *sink.lock().unwrap_or_else(PoisonError::into_inner) = text;
    }));
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(tool);
    let result = match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => {
            let text = panic.lock().unwrap_or_else(PoisonError::into_inner);
            Err(Diagnostic::new(format!("internal error: {text}"))
                .hint("this is a bug: please report it with the input that causes it")
                .into())
        }
        Err(e) => Err(Diagnostic::environment(format!("cannot start a thread: {e}")).into()),
    };
    // If nobody listens there is nobody to tell.
    let _ = std::io::stdout().flush();
    match result {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            let _ = std::io::stderr().write_all(failure.render(colour).as_bytes());
            ExitCode::from(failure.exit_code())
        }
    }
}
