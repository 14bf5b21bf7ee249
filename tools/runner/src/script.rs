//! Loads the scripts of a core module with an interpreter.
//!
//! A component cannot print why it traps while it is initialized, as it imports nothing but its world. So an interpreter
//! writes errors to a log in its memory: the exported global `wit_dylib_log` is the address of the length of the text, a
//! `u32`, which the text follows.

use crate::limits::Limits;
use rules_wit_common::{Diagnostic, Failure, Result};
use std::sync::mpsc;
use std::time::Duration;
use wasmtime::{
    Config, Engine, Extern, ExternType, Instance, Linker, Module, OptLevel, Store, Trap, Val,
};

/// The most time that a script may take to load.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The most memory of a script while it is loaded.
const MAX_MEMORY: u64 = 1 << 30;

/// The most bytes of the log that are read.
const MAX_LOG: usize = 64 << 10;

/// Initializes the module. Errors: what the interpreter reports, and a trap for which it reports nothing.
pub fn load(bytes: &[u8], name: &str) -> Result<()> {
    let engine = engine()?;
    let module = Module::from_binary(&engine, bytes).map_err(|e| {
        Diagnostic::new(format!("`{name}` is not a valid core module: {e:#}"))
            .hint("pass the output of `component place`")
    })?;
    let mut store = Store::new(&engine, Limits::new(MAX_MEMORY));
    store.limiter(|limits| limits);
    store.set_epoch_deadline(1);
    let stopped = stop_after(TIMEOUT, engine);
    let instance = instantiate(&module, &mut store, name)?;
    let initialize = instance.get_typed_func::<(), ()>(&mut store, "_initialize");
    let Ok(initialize) = initialize else {
        return Err(
            Diagnostic::new(format!("`{name}` exports no function `_initialize`"))
                .hint("pass the output of `component place`")
                .into(),
        );
    };
    let result = initialize.call(&mut store, ());
    drop(stopped);
    match result {
        Ok(()) => Ok(()),
        Err(e) => Err(failure(&log(&instance, &mut store), &e)),
    }
}

fn engine() -> Result<Engine> {
    let mut config = Config::new();
    // The code runs once, for milliseconds.
    config.cranelift_opt_level(OptLevel::None);
    config.epoch_interruption(true);
    Engine::new(&config)
        .map_err(|e| Diagnostic::environment(format!("cannot start Wasmtime: {e:#}")).into())
}

/// Stops the code of an engine after some time, unless the result is dropped before.
fn stop_after(timeout: Duration, engine: Engine) -> mpsc::Sender<()> {
    let (sender, receiver) = mpsc::channel::<()>();
    std::thread::spawn(move || {
        if receiver.recv_timeout(timeout) == Err(mpsc::RecvTimeoutError::Timeout) {
            engine.increment_epoch();
        }
    });
    sender
}

/// Instantiates the module with imports that fail when they are called.
fn instantiate(module: &Module, store: &mut Store<Limits>, name: &str) -> Result<Instance> {
    let mut linker = Linker::new(module.engine());
    for import in module.imports() {
        let ExternType::Func(ty) = import.ty() else {
            return Err(Diagnostic::new(format!(
                "`{name}` imports `{}.{}`, which is no function",
                import.module(),
                import.name()
            ))
            .hint("pass the output of `component place`")
            .into());
        };
        let called = format!("{}#{}", import.module(), import.name());
        linker
            .func_new(import.module(), import.name(), ty, move |_, _, _| {
                Err(wasmtime::Error::msg(format!(
                    "the import `{called}` is called while the script is loaded"
                )))
            })
            .map_err(|e| Diagnostic::new(format!("cannot link `{name}`: {e:#}")))?;
    }
    linker
        .instantiate(store, module)
        .map_err(|e| Diagnostic::new(format!("cannot instantiate `{name}`: {e:#}")).into())
}

/// Reads the log of the interpreter; empty if it has none.
fn log(instance: &Instance, store: &mut Store<Limits>) -> String {
    let address = match instance.get_global(&mut *store, "wit_dylib_log") {
        Some(global) => global.get(&mut *store),
        None => return String::new(),
    };
    let (Val::I32(address), Some(Extern::Memory(memory))) =
        (address, instance.get_export(&mut *store, "memory"))
    else {
        return String::new();
    };
    let start = address as u32 as usize;
    let data = memory.data(&*store);
    let text = || {
        let head = data.get(start..start.checked_add(4)?)?;
        let len = u32::from_le_bytes(head.try_into().ok()?) as usize;
        data.get(start + 4..)?.get(..len.min(MAX_LOG))
    };
    String::from_utf8_lossy(text().unwrap_or_default()).into_owned()
}

/// Makes diagnostics from a log, in which each starts with a line `error: `, and from the trap after it.
fn failure(log: &str, trap: &wasmtime::Error) -> Failure {
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    for line in log.lines() {
        if let Some(title) = line.strip_prefix("error: ") {
            diagnostics.push(Diagnostic::new(title));
        } else if let Some(last) = diagnostics.pop() {
            diagnostics.push(match line.strip_prefix("hint: ") {
                Some(hint) => last.hint(hint),
                None => last.note(line.strip_prefix("note: ").unwrap_or(line)),
            });
        }
    }
    let explained = match trap.downcast_ref::<Trap>() {
        Some(Trap::Interrupt) => Some(Diagnostic::new(format!(
            "the script is not loaded after {} seconds",
            TIMEOUT.as_secs()
        ))),
        _ if diagnostics.is_empty() => {
            Some(Diagnostic::new(format!("cannot load the script: {trap:#}")))
        }
        _ => None,
    };
    diagnostics.extend(explained);
    Failure::from_all(diagnostics)
        .unwrap_or_else(|| Diagnostic::new("cannot load the script").into())
}
