//! Backtraces of guests.

use std::fmt::Write;
use wasmtime::{FrameInfo, WasmBacktrace};
use wasmtime_environ::demangle_function_name;

/// Returns the frames of a backtrace as text, innermost first, in the layout of Wasmtime; empty if there
/// are none.
///
/// Wasmtime demangles every name, and takes a function `f` for the C++ type `float`.
pub fn render(backtrace: &WasmBacktrace) -> String {
    if backtrace.frames().is_empty() {
        return String::new();
    }
    let mut text = "wasm backtrace:".to_owned();
    for (i, frame) in backtrace.frames().iter().enumerate() {
        let _ = write!(text, "\n  {i:>3}: ");
        if let Some(offset) = frame.module_offset() {
            let _ = write!(text, "{offset:#8x} - ");
        }
        let module = frame.module().name().unwrap_or("<unknown>");
        let _ = write!(text, "{module}!{}", function(frame));
    }
    text
}

fn function(frame: &FrameInfo) -> String {
    match frame.func_name() {
        Some(name) if is_mangled(name) => {
            let mut demangled = String::new();
            match demangle_function_name(&mut demangled, name) {
                Ok(()) => demangled,
                Err(_) => name.to_owned(),
            }
        }
        Some(name) => name.to_owned(),
        None => format!("<wasm function {}>", frame.func_index()),
    }
}

/// Whether a name is a symbol of C++ or Rust.
fn is_mangled(name: &str) -> bool {
    let symbol = name.trim_start_matches('_');
    symbol.len() < name.len() && symbol.starts_with(['Z', 'R'])
}

#[cfg(test)]
mod tests {
    use super::is_mangled;

    #[test]
    fn mangled_names() {
        for (name, expected) in [
            ("_ZN4core9panicking5panic17h0123456789abcdefE", true),
            ("_RNvCskwGfYPst2Cb_3foo16example_function", true),
            ("__ZN3foo3barEv", true),
            ("f", false),
            ("v", false),
            ("St", false),
            ("run", false),
            ("_start", false),
            ("__wasm_call_ctors", false),
            ("Z", false),
            ("", false),
        ] {
            assert_eq!(is_mangled(name), expected, "{name}");
        }
    }
}
