//! Errors and panics of libraries.

use std::panic::{catch_unwind, AssertUnwindSafe};

/// The message of an error and those of its sources, outermost first.
pub fn causes(error: &(dyn std::error::Error + 'static)) -> Vec<String> {
    let mut out = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        // Some errors repeat the message of their source.
        if out.last() != Some(&text) {
            out.push(text);
        }
        next = error.source();
    }
    out
}

/// Runs `action`; `None` if it panics. For libraries that assert what a component may violate.
pub fn catch<T>(action: impl FnOnce() -> T) -> Option<T> {
    catch_message(action).ok()
}

/// Runs `action`; the error is the message with which it panicked.
pub fn catch_message<T>(action: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(action)).map_err(|payload| {
        let text = payload.downcast_ref::<&str>().map(|s| (*s).to_owned());
        let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
        text.unwrap_or_default()
    })
}

/// Why a component has no WIT, where the library panics instead of returning an error.
pub const NO_WIT: &str = "it has names or types that WIT cannot express";
