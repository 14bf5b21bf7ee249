//! Calls of functions in a component, and their results.

use crate::backtrace;
use crate::host::{Host, Program, Setup, Stdio};
use crate::limits::Refused;
use crate::refusal;
use crate::types::Function;
use rules_wit_common::{Diagnostic, Result};
use wasmtime::component::{Instance, Val};
use wasmtime::{Store, WasmBacktrace};
use wasmtime_wasi::runtime::in_tokio;
use wasmtime_wasi::I32Exit;

/// The start of a backtrace in messages of Wasmtime.
const BACKTRACE: &str = "error while executing at wasm backtrace:";

/// The exit code for a trap in a program: the one that a shell reports for an abort.
pub const TRAP: u8 = 134;

/// The end of a call.
pub enum End<T> {
    /// The function returned.
    Value(T),
    /// The guest exited with this code.
    Exit(i32),
    /// The guest trapped.
    Trap(Trap),
}

/// A trap.
pub struct Trap {
    /// The message, without the backtrace.
    pub message: String,
    /// The frames of the guest, innermost first; empty if there are none.
    pub backtrace: String,
    /// The request that exceeded a limit before, if any.
    pub refused: Option<Refused>,
}

impl Trap {
    /// Returns the trap as an error: `what` trapped.
    pub fn diagnostic(&self, what: &str) -> Diagnostic {
        let mut error = Diagnostic::new(format!("{what} trapped: {}", self.message));
        if !self.backtrace.is_empty() {
            error = error.note(self.backtrace.as_str());
        }
        match self.refused {
            Some(refused) => error.hint(refused.explain()),
            None => error,
        }
    }
}

/// Calls `function` in a fresh instance. Errors: directories of `setup` that cannot be opened, and a
/// component that cannot be instantiated.
pub fn call(
    program: &Program,
    setup: &Setup,
    stdio: Stdio,
    function: &Function,
    arguments: &[Val],
) -> Result<End<Option<Val>>> {
    let mut results = vec![Val::Bool(false); function.ty.results().len()];
    run(program, setup, stdio, async |store, instance| {
        let func = instance
            .get_func(&mut *store, function.index)
            .ok_or_else(|| wasmtime::format_err!("the export is gone"))?;
        func.call_async(store, arguments, &mut results).await?;
        Ok(results.pop())
    })
}

/// Calls `entry`, the function of `wasi:cli/run`, in a fresh instance. The value is the exit code.
pub fn command(
    program: &Program,
    setup: &Setup,
    stdio: Stdio,
    entry: &Function,
) -> Result<End<i32>> {
    type Returned = (std::result::Result<(), ()>,);
    let end = run(program, setup, stdio, async |store, instance| {
        let entry = instance.get_typed_func::<(), Returned>(&mut *store, entry.index)?;
        let (result,) = entry.call_async(store, ()).await?;
        Ok(i32::from(result.is_err()))
    })?;
    Ok(match end {
        End::Exit(code) => End::Value(code),
        other => other,
    })
}

/// Calls `guest` with a fresh instance. All functions are called asynchronously, as those of the world
/// may be asynchronous.
fn run<T>(
    program: &Program,
    setup: &Setup,
    stdio: Stdio,
    guest: impl AsyncFnOnce(&mut Store<Host>, Instance) -> wasmtime::Result<T>,
) -> Result<End<T>> {
    let mut store = program.store(setup, stdio)?;
    let mut is_instance = false;
    let ended = in_tokio(async {
        let instance = program.instantiate(&mut store).await?;
        is_instance = true;
        guest(&mut store, instance).await
    });
    let error = match ended {
        Ok(value) => return Ok(End::Value(value)),
        Err(error) => error,
    };
    if let Some(I32Exit(code)) = error.downcast_ref() {
        return Ok(End::Exit(*code));
    }
    // One context of the error is the backtrace, which is shown apart from the causes.
    let causes: Vec<String> = error
        .chain()
        .map(ToString::to_string)
        .filter(|text| !text.starts_with(BACKTRACE))
        .collect();
    let frames = error.downcast_ref::<WasmBacktrace>();
    let refused = store.data().refused();
    // A start function can trap.
    let is_trap = frames.is_some() || error.is::<wasmtime::Trap>();
    if !is_instance && !is_trap {
        return Err(refusal::at_instantiation(&program.name, &causes.join(": "), refused).into());
    }
    Ok(End::Trap(Trap {
        message: causes.join(": "),
        backtrace: frames.map(backtrace::render).unwrap_or_default(),
        refused,
    }))
}
