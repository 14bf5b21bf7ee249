//! Reads core modules and components, and validates components.

use rules_wit_common::{display_path, read_bytes, Diagnostic, Limit, Result};
use std::path::Path;
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

/// The kind of a file, by its first bytes.
enum Kind {
    Module,
    Component,
    Other,
}

fn kind(bytes: &[u8]) -> Kind {
    if Parser::is_component(bytes) {
        Kind::Component
    } else if Parser::is_core_wasm(bytes) {
        Kind::Module
    } else {
        Kind::Other
    }
}

/// Reads a core module.
pub fn read_module(path: &Path) -> Result<Vec<u8>> {
    let bytes = read_bytes(path, Limit::BINARY)?;
    let shown = display_path(path);
    match kind(&bytes) {
        Kind::Module => Ok(bytes),
        Kind::Component => Err(Diagnostic::new(format!("`{shown}` is already a component"))
            .hint("use it as it is, or pass the core module that it was made from")
            .into()),
        Kind::Other => Err(not_wasm(&shown)),
    }
}

/// Reads a component.
pub fn read_component(path: &Path) -> Result<Vec<u8>> {
    let bytes = read_bytes(path, Limit::BINARY)?;
    let shown = display_path(path);
    match kind(&bytes) {
        Kind::Component => Ok(bytes),
        Kind::Module => Err(Diagnostic::new(format!(
            "`{shown}` is a core module, not a component"
        ))
        .hint("make a component from it with `component new`")
        .into()),
        Kind::Other => Err(not_wasm(&shown)),
    }
}

fn not_wasm(shown: &str) -> rules_wit_common::Failure {
    Diagnostic::new(format!("`{shown}` is not WebAssembly"))
        .hint("pass a file in the binary format, which starts with `\\0asm`")
        .into()
}

/// The features that components may use: all proposals of the component model, as hosts differ in
/// what they support.
pub fn features() -> WasmFeatures {
    WasmFeatures::default()
        | WasmFeatures::COMPONENT_MODEL
        | WasmFeatures::CM_VALUES
        | WasmFeatures::CM_NESTED_NAMES
        | WasmFeatures::CM_ASYNC
        | WasmFeatures::CM_ASYNC_STACKFUL
        | WasmFeatures::CM_MORE_ASYNC_BUILTINS
        | WasmFeatures::CM_THREADING
        | WasmFeatures::CM_ERROR_CONTEXT
        | WasmFeatures::CM_FIXED_LENGTH_LISTS
        | WasmFeatures::CM_MAP
        | WasmFeatures::CM_GC
        | WasmFeatures::CM64
        | WasmFeatures::CM_IMPLEMENTS
        | WasmFeatures::CM_CANON_NAMES
}

/// The nesting limit of components, as all readers recurse.
const MAX_DEPTH: usize = 100;

/// Validates a component against the specification.
pub fn validate(path: &Path, bytes: &[u8]) -> Result<()> {
    if is_deep(bytes) {
        return Err(Diagnostic::new(format!(
            "`{}` has components nested more than {MAX_DEPTH} deep",
            display_path(path)
        ))
        .hint("compose components side by side")
        .into());
    }
    match Validator::new_with_features(features()).validate_all(bytes) {
        Ok(_) => Ok(()),
        Err(e) => {
            let message = e.message();
            let mut lines = message.lines();
            let first = lines.next().unwrap_or_default();
            let mut d = Diagnostic::new(format!(
                "`{}` is not a valid component: {first} (at offset {:#x})",
                display_path(path),
                e.offset()
            ));
            let rest: Vec<&str> = lines.map(str::trim).filter(|l| !l.is_empty()).collect();
            if !rest.is_empty() {
                d = d.note(rest.join("\n"));
            }
            Err(d
                .hint("rebuild it; if the error persists, the tool that made it has a bug")
                .into())
        }
    }
}

fn is_deep(bytes: &[u8]) -> bool {
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload {
            Ok(Payload::ComponentSection { .. } | Payload::ModuleSection { .. }) => depth += 1,
            Ok(Payload::End(_)) => depth = depth.saturating_sub(1),
            Ok(_) => {}
            // Validation reports the error.
            Err(_) => return false,
        }
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
}
