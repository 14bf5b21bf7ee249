//! `runner invoke`: calls one exported function.

use crate::call::{call, End};
use crate::exports::{find, functions};
use crate::host::{Program, Stdio};
use crate::options::{print, GuestOpts};
use crate::run::TRAP;
use crate::wave;
use rules_wit_common::{exit, Result};
use std::path::PathBuf;

/// Calls an exported function, and prints its result as WAVE.
#[derive(clap::Args)]
pub struct Opts {
    /// The component
    component: PathBuf,

    /// The call in WAVE, such as 'greet("World")' or 'ns:pkg/iface@1.0.0#greet("World")'
    call: String,

    #[command(flatten)]
    guest: GuestOpts,
}

impl Opts {
    /// Makes the call.
    pub fn run(self) -> Result<u8> {
        // What is wrong with the call is said before the component is compiled.
        let parsed = wave::parse_call(&self.call)?;
        let program = Program::load(&self.component)?;
        let all = functions(&program);
        let function = find(&all, parsed.name, &program.name)?;
        let arguments = parsed.values(function)?;
        let setup = self.guest.setup(Vec::new());
        match call(&program, &setup, &Stdio::Inherit, function, &arguments)? {
            End::Value(Some(value)) => print(&format!("{}\n", wave::show_value(&value)))?,
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
}
