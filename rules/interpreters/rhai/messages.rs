//! Messages: errors with the place in the script, and what scripts print.

use crate::host::Host;
use rhai::{Dynamic, EvalAltResult, Position};
use std::cell::RefCell;
use std::rc::Rc;
use wit_dylib::Value;

thread_local! {
    /// For messages about a lack of memory, which are written when there is none left.
    static RESERVE: RefCell<Option<(Vec<u8>, Rc<Host>)>> = const { RefCell::new(None) };
}

/// The most bytes of one call of WASI.
const CHUNK: usize = 4096;

impl Host {
    /// Writes to a stream of `wasi:cli` if the world imports it; while the script is loaded, to the log.
    pub fn write(&self, is_error: bool, text: &str) {
        if self.loading.get() {
            wit_dylib::log(text);
            return;
        }
        let (interface, getter) = match is_error {
            true => ("wasi:cli/stderr@0.2", "get-stderr"),
            false => ("wasi:cli/stdout@0.2", "get-stdout"),
        };
        let write = "[method]output-stream.blocking-write-and-flush";
        let get = self.find_import(interface, getter);
        let write = self.find_import("wasi:io/streams@0.2", write);
        let (Some(get), Some(write)) = (get, write) else {
            return;
        };
        if let Ok(Some(Value::Own(stream))) = get.call(Vec::new()) {
            for chunk in text.as_bytes().chunks(CHUNK) {
                // Output that cannot be written is no error of the script.
                let arguments = vec![Value::Borrow(stream.borrow()), Value::Bytes(chunk.to_vec())];
                let _ = write.call(arguments);
            }
        }
    }

    /// Reports an error.
    pub fn report(&self, message: &str) {
        self.failed.set(true);
        self.write(true, &format!("error: {message}\n"));
    }

    /// Adds to what was reported.
    pub fn note(&self, message: &str) {
        self.write(true, &format!("note: {message}\n"));
    }

    /// Reports an error that no script has caught. `during` says in which call.
    pub fn report_error(&self, source: &str, error: Box<EvalAltResult>, during: Option<&str>) {
        let error = Located::of(source, error);
        self.report(&format!("{}{}", error.place(), error.message));
        for call in &error.calls {
            self.note(call);
        }
        if let Some(during) = during {
            self.note(during);
        }
    }
}

/// An error with the place at which it occurred.
pub struct Located {
    source: String,
    at: Position,
    pub message: String,
    /// The calls that led there, the innermost first.
    calls: Vec<String>,
}

impl Located {
    /// Finds the place of an error in functions and modules of `source`.
    pub fn of(source: &str, error: Box<EvalAltResult>) -> Self {
        let mut error = *error;
        let mut source = source.to_string();
        let mut calls = Vec::new();
        loop {
            error = match error {
                EvalAltResult::ErrorInFunctionCall(name, inside, inner, at) => {
                    let name = match name.starts_with("anon$") {
                        true => "a closure".to_string(),
                        false => format!("`{name}`"),
                    };
                    // The host calls without a position.
                    if !at.is_none() {
                        calls.push(format!("{}called {name}", place(&source, at)));
                    }
                    if !inside.is_empty() {
                        source = inside;
                    }
                    *inner
                }
                EvalAltResult::ErrorInModule(name, inner, _) => {
                    source = name;
                    *inner
                }
                mut last => {
                    let at = last.take_position();
                    let message = match last {
                        EvalAltResult::ErrorRuntime(value, _) => thrown(&value),
                        EvalAltResult::ErrorParsing(error, _) => error.to_string(),
                        other => other.to_string(),
                    };
                    calls.reverse();
                    return Located {
                        source,
                        at,
                        message,
                        calls,
                    };
                }
            }
        }
    }

    /// `source:line:column: `.
    pub fn place(&self) -> String {
        place(&self.source, self.at)
    }
}

fn thrown(value: &Dynamic) -> String {
    match value.is_unit() {
        true => "an error without a value".to_string(),
        false => value.to_string(),
    }
}

fn place(source: &str, at: Position) -> String {
    match (at.line(), at.position()) {
        (Some(line), Some(column)) => format!("{source}:{line}:{column}: "),
        (Some(line), None) => format!("{source}:{line}: "),
        (None, _) => format!("{source}: "),
    }
}

/// Reports panics, and keeps memory for a report of a lack of memory.
pub fn on_panic(host: Rc<Host>) {
    // One page of `write` and of the message.
    RESERVE.set(Some((vec![0; 4 * CHUNK], host)));
    std::panic::set_hook(Box::new(|info| {
        let reserve = RESERVE.take();
        if let Some((_, host)) = reserve {
            host.report(&info.to_string());
        }
    }));
}

/// Reports that memory is exhausted, and traps.
pub fn out_of_memory(size: usize) -> ! {
    if let Some((memory, host)) = RESERVE.take() {
        drop(memory);
        host.report(&format!("out of memory: {size} bytes cannot be allocated"));
    }
    fail()
}

/// Traps, after what failed was reported.
pub fn fail() -> ! {
    script_failed_see_standard_error()
}

/// The name shows in the backtrace of the trap.
#[inline(never)]
fn script_failed_see_standard_error() -> ! {
    std::process::abort()
}
