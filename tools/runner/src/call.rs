//! Calls of functions in a component, and their results.

use crate::async_values::{from_guest, has_handles, to_guest};
use crate::backtrace;
use crate::host::{Host, Program, Setup, Stdio};
use crate::limits::Refused;
use crate::maps;
use crate::refusal;
use crate::types::Function;
use rules_wit_common::{Diagnostic, Result};
use wasmtime::component::{Accessor, Instance, Val};
use wasmtime::{AsContextMut, Store, WasmBacktrace};
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
    fn new(error: &wasmtime::Error, refused: Option<Refused>) -> Self {
        // One context of the error is the backtrace, which is shown apart from the causes.
        let causes: Vec<String> = error
            .chain()
            .map(ToString::to_string)
            .filter(|text| !text.starts_with(BACKTRACE))
            .collect();
        let frames = error.downcast_ref::<WasmBacktrace>();
        Trap {
            message: causes.join(": "),
            backtrace: frames.map(backtrace::render).unwrap_or_default(),
            refused,
        }
    }

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
    let result_type = function.ty.results().next();
    run(program, setup, stdio, async |store, instance| {
        let func = instance
            .get_func(&mut *store, function.index)
            .ok_or_else(|| wasmtime::format_err!("the export is gone"))?;
        let types = function.ty.params().map(|(_, ty)| ty);
        let arguments: Vec<Val> = arguments
            .iter()
            .zip(types)
            .map(|(value, ty)| to_guest(store.as_context_mut(), &ty, value))
            .collect::<wasmtime::Result<_>>()?;
        let mut results = vec![Val::Bool(false); function.ty.results().len()];
        let Some(ty) = result_type.filter(has_handles) else {
            func.call_async(store, &arguments, &mut results).await?;
            return Ok(results.pop().map(maps::sorted));
        };
        let read = async |accessor: &Accessor<Host>| {
            func.call_concurrent(accessor, &arguments, &mut results)
                .await?;
            match results.pop() {
                Some(value) => from_guest(accessor, &ty, value)
                    .await
                    .map(|value| Some(maps::sorted(value))),
                None => Ok(None),
            }
        };
        store.run_concurrent(read).await?
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
    let trap = Trap::new(&error, store.data().refused());
    // A start function can trap.
    let has_frames = error.downcast_ref::<WasmBacktrace>().is_some();
    let is_trap = has_frames || error.is::<wasmtime::Trap>();
    if !is_instance && !is_trap {
        let refusal = refusal::at_instantiation(&program.name, &trap.message, trap.refused);
        return Err(refusal.into());
    }
    Ok(End::Trap(trap))
}

/// Describes the error of a guest: its exit code, or a trap with its backtrace.
pub fn describe(error: &wasmtime::Error, refused: Option<Refused>) -> String {
    if let Some(I32Exit(code)) = error.downcast_ref() {
        return format!("the component exited with code {code}");
    }
    let trap = Trap::new(error, refused);
    let mut text = format!("the component trapped: {}", trap.message);
    for more in [
        trap.backtrace,
        refused.map(Refused::explain).unwrap_or_default(),
    ] {
        if !more.is_empty() {
            text.push('\n');
            text.push_str(&more);
        }
    }
    text
}
