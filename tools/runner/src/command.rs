//! Commands: components that export `wasi:cli/run`.

use crate::call::{command, End, TRAP};
use crate::exports::functions;
use crate::host::{Program, Setup, Stdio};
use crate::kind::is_command_interface;
use crate::types::Function;
use rules_wit_common::{Diagnostic, Result};
use std::io::Write;

/// Runs the program with the standard streams of this process, which exits with the exit code of the
/// program. Returns only if the program traps or cannot be run.
pub fn run(program: &Program, setup: &Setup) -> Result<u8> {
    let all = functions(program);
    let entry = entry(program, &all)?;
    match command(program, setup, Stdio::Inherit, entry)? {
        End::Value(code) | End::Exit(code) => {
            let _ = std::io::stdout().flush();
            // The system truncates codes that do not fit.
            std::process::exit(code)
        }
        End::Trap(trap) => Err(trap
            .diagnostic(&format!("`{}`", program.name))
            .code(TRAP)
            .into()),
    }
}

/// Returns the `run` function of `wasi:cli/run`, in any version since 0.2. An error lists the exports.
pub fn entry<'a>(program: &Program, functions: &'a [Function]) -> Result<&'a Function> {
    let is_entry =
        |f: &&Function| f.name == "run" && f.interface.as_deref().is_some_and(is_command_interface);
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
        "`{}` is not a command: it does not export `wasi:cli/run`",
        program.name
    ))
    .note(note)
    .hint("call a function instead: `runner invoke COMPONENT 'func(...)'`, or `cases` in a test")
    .into())
}
