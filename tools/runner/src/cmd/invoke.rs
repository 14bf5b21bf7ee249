//! `runner invoke`: calls an exported function.

use crate::call::{call, End, TRAP};
use crate::exports::{find, functions};
use crate::guest_args::GuestArgs;
use crate::host::{Binary, Mode, Stdio};
use crate::wave;
use rules_wit_common::{exit, write_stdout, Result};
use std::path::PathBuf;

/// Calls an exported function, and prints its result as WAVE.
#[derive(clap::Args)]
pub struct Args {
    /// The component
    component: PathBuf,

    /// The call in WAVE, such as 'greet("World")' or 'ns:pkg/iface@1.0.0#greet("World")'
    call: String,

    #[command(flatten)]
    guest: GuestArgs,

    /// Loads machine code that `runner precompile` wrote, if its SHA-256 is this: 64 digits, or a file that begins with
    /// them. Wasmtime trusts such code
    #[arg(long, value_name = "SHA256")]
    precompiled: Option<String>,
}

/// Makes the call and returns the exit code. Exits the process if the guest exits.
pub fn run(args: Args) -> Result<u8> {
    // Parsed before the component is compiled, which takes time.
    let parsed = wave::parse_call(&args.call)?;
    let setup = args.guest.setup(Vec::new());
    let binary = Binary::read(&args.component, args.precompiled.as_deref())?;
    let program = binary.compile(Mode::Calls, setup.features)?;
    let all = functions(&program);
    let function = find(&all, parsed.name, &program.name)?;
    let arguments = parsed.values(function)?;
    match call(&program, &setup, Stdio::Inherit, function, &arguments)? {
        End::Value(Some(value)) => write_stdout(&format!("{}\n", wave::show_value(&value)))?,
        End::Value(None) => {}
        End::Exit(code) => std::process::exit(code),
        End::Trap(trap) => {
            return Err(trap
                .diagnostic(&format!("`{}`", parsed.name))
                .code(TRAP)
                .into())
        }
    }
    Ok(exit::OK)
}
