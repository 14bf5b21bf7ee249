//! `runner run`: runs a `wasi:cli/run` command.

use crate::call::{command, End};
use crate::exports::{functions, Function};
use crate::host::{Program, Setup, Stdio};
use crate::options::GuestOpts;
use rules_wit_common::{Diagnostic, Result};
use std::io::Write;
use std::path::PathBuf;

/// The exit code of `run` where the guest traps: what a shell reports for an abort.
pub const TRAP: u8 = 134;

/// Runs a command: a component that exports `wasi:cli/run`.
#[derive(clap::Args)]
pub struct Opts {
    /// The component
    component: PathBuf,

    #[command(flatten)]
    guest: GuestOpts,

    /// The program's arguments
    #[arg(last = true)]
    args: Vec<String>,
}

impl Opts {
    /// Runs the program and does not return where it ends by itself.
    pub fn run(self) -> Result<u8> {
        let program = Program::load(&self.component)?;
        run(&program, &self.guest.setup(self.args))
    }
}

/// Runs the program with this process's standard streams; the process ends with its exit code.
pub fn run(program: &Program, setup: &Setup) -> Result<u8> {
    let all = functions(program);
    let entry = entry(program, &all)?;
    match command(program, setup, &Stdio::Inherit, entry)? {
        End::Value(code) | End::Exit(code) => {
            let _ = std::io::stdout().flush();
            // An exit code may be any number; the system takes what it can of it.
            std::process::exit(code)
        }
        End::Trap(trap) => Err(trap
            .diagnostic(&format!("`{}`", program.name))
            .code(TRAP)
            .into()),
    }
}

/// The `run` function of `wasi:cli/run`, any 0.2 version.
pub fn entry<'a>(program: &Program, functions: &'a [Function]) -> Result<&'a Function> {
    let is_entry = |f: &&Function| {
        f.name == "run"
            && f.interface
                .as_deref()
                .is_some_and(|i| i.starts_with("wasi:cli/run@0.2."))
    };
    if let Some(entry) = functions.iter().find(is_entry) {
        return Ok(entry);
    }
    let exports: Vec<String> = program
        .component
        .component_type()
        .exports(program.component.engine())
        .map(|(name, _)| format!("  {name}"))
        .collect();
    let note = match exports.is_empty() {
        true => "it exports nothing".to_owned(),
        false => format!("it exports:\n{}", exports.join("\n")),
    };
    Err(Diagnostic::new(format!(
        "`{}` is not a command: it does not export `wasi:cli/run@0.2`",
        program.name
    ))
    .note(note)
    .hint("call a function instead: `runner invoke COMPONENT 'func(...)'`, in a test: `cases`")
    .into())
}
