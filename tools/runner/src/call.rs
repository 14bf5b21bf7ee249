//! Calls of functions in a component, and their results.

use crate::host::{Host, Program, Setup, Stdio};
use crate::types::Function;
use rules_wit_common::{Diagnostic, Result};
use wasmtime::component::Val;
use wasmtime::{Store, WasmBacktrace};
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
    /// The memory size that exceeded the limit before, if any.
    refused_memory: Option<u64>,
}

impl Trap {
    /// Returns the trap as an error: `what` trapped.
    pub fn diagnostic(&self, what: &str) -> Diagnostic {
        let mut error = Diagnostic::new(format!("{what} trapped: {}", self.message));
        if !self.backtrace.is_empty() {
            error = error.note(self.backtrace.trim_end());
        }
        match self.refused_memory {
            Some(bytes) => error.hint(format!(
                "the guest asked for {} MiB of memory: raise `--max-memory`",
                bytes.div_ceil(1 << 20)
            )),
            None => error,
        }
    }
}

/// Calls `function` in a fresh instance. Errors: directories of `setup` that cannot be opened.
pub fn call(
    program: &Program,
    setup: &Setup,
    stdio: &Stdio,
    function: &Function,
    arguments: &[Val],
) -> Result<End<Option<Val>>> {
    let mut store = program.store(setup, stdio)?;
    let mut results = vec![Val::Bool(false); function.ty.results().len()];
    let ended = program.instantiate(&mut store).and_then(|instance| {
        let func = instance
            .get_func(&mut store, function.index)
            .ok_or_else(|| wasmtime::format_err!("the export is gone"))?;
        func.call(&mut store, arguments, &mut results)
    });
    Ok(end(&store, ended.map(|()| results.pop())))
}

/// Calls `run`, the function of `wasi:cli/run`, in a fresh instance. The value is the exit code.
pub fn command(
    program: &Program,
    setup: &Setup,
    stdio: &Stdio,
    run: &Function,
) -> Result<End<i32>> {
    let mut store = program.store(setup, stdio)?;
    let ended = program.instantiate(&mut store).and_then(|instance| {
        let run =
            instance.get_typed_func::<(), (std::result::Result<(), ()>,)>(&mut store, run.index)?;
        run.call(&mut store, ())
    });
    let code = ended.map(|(result,)| i32::from(result.is_err()));
    Ok(match end(&store, code) {
        End::Exit(code) => End::Value(code),
        other => other,
    })
}

fn end<T>(store: &Store<Host>, ended: wasmtime::Result<T>) -> End<T> {
    let error = match ended {
        Ok(value) => return End::Value(value),
        Err(error) => error,
    };
    if let Some(I32Exit(code)) = error.downcast_ref() {
        return End::Exit(*code);
    }
    // One context of the error is the backtrace, which is shown apart from the causes.
    let causes: Vec<String> = error
        .chain()
        .map(ToString::to_string)
        .filter(|text| !text.starts_with(BACKTRACE))
        .collect();
    let backtrace = error
        .downcast_ref::<WasmBacktrace>()
        .filter(|b| !b.frames().is_empty());
    End::Trap(Trap {
        message: causes.join(": "),
        backtrace: backtrace
            .map(|b| b.to_string().replacen(BACKTRACE, "wasm backtrace:", 1))
            .unwrap_or_default(),
        refused_memory: store.data().refused_memory(),
    })
}
