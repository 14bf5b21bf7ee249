//! Reads core modules and components, and validates components.

use crate::value_size::{self, Sizes};
use rules_wit_common::{display_path, read_bytes, Diagnostic, Limit, Result};
use std::path::Path;
use wasmparser::{ComponentExternalKind, FuncValidatorAllocations, Parser, Payload};
use wasmparser::{ValidPayload, Validator, WasmFeatures};

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
        .rule_hint("make a component from it with `wasm_component`")
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
    let invalid = |message: &str, offset: u64| {
        invalid(path, message, offset)
            .hint("rebuild it; if the error persists, the tool that made it has a bug")
    };
    match problem(bytes) {
        Ok(None) => Ok(()),
        Ok(Some((message, offset))) => Err(invalid(&message, offset).into()),
        Err(e) => Err(invalid(e.message(), e.offset()).into()),
    }
}

/// Validates a valid component with the validator of the engine, which is newer: names of one scope
/// must differ in more than hyphens there.
pub fn validate_for_engine(path: &Path, bytes: &[u8]) -> Result<()> {
    use wasmtime_environ::wasmparser::{Validator, WasmFeatures};
    match Validator::new_with_features(WasmFeatures::all()).validate_all(bytes) {
        Ok(_) => Ok(()),
        Err(e) => Err(invalid(path, e.message(), e.offset())
            .hint("change the WIT, and rebuild: engines refuse the component as it is")
            .into()),
    }
}

/// The error for a component that a validator refuses with a message, without a hint.
fn invalid(path: &Path, message: &str, offset: impl std::fmt::LowerHex) -> Diagnostic {
    let mut lines = message.lines();
    let first = lines.next().unwrap_or_default();
    let d = Diagnostic::new(format!(
        "`{}` is not a valid component: {first} (at offset {offset:#x})",
        display_path(path),
    ));
    let rest: Vec<&str> = lines.map(str::trim).filter(|l| !l.is_empty()).collect();
    match rest.is_empty() {
        true => d,
        false => d.note(rest.join("\n")),
    }
}

/// Validates a component; returns a message and an offset for what the validator lets pass: types that
/// are too large, and a module or component that the end of the file cuts off.
fn problem(bytes: &[u8]) -> wasmparser::Result<Option<(String, u64)>> {
    let mut validator = Validator::new_with_features(features());
    let mut parser = Parser::new(0);
    parser.set_features(features());
    let mut functions = Vec::new();
    let mut sizes = Sizes::default();
    for payload in parser.parse_all(bytes) {
        let payload = payload?;
        let valid = validator.payload(&payload)?;
        match (valid, &payload) {
            (ValidPayload::Func(function, body), _) => functions.push((function, body)),
            (_, Payload::ComponentTypeSection(section)) => {
                let Some(types) = validator.types(0) else {
                    continue;
                };
                let end = types.component_type_count();
                for index in end.saturating_sub(section.count())..end {
                    if !sizes.check(types, types.component_any_type_at(index)) {
                        let message =
                            format!("a value type has more than {} bytes", value_size::MAX);
                        return Ok(Some((message, section.range().start)));
                    }
                }
            }
            (
                _,
                Payload::ModuleSection {
                    unchecked_range, ..
                },
            )
            | (
                _,
                Payload::ComponentSection {
                    unchecked_range, ..
                },
            ) if unchecked_range.end > bytes.len() as u64 => {
                return Ok(Some((
                    "unexpected end-of-file".to_owned(),
                    bytes.len() as u64,
                )));
            }
            _ => {}
        }
    }
    let mut allocations = FuncValidatorAllocations::default();
    for (function, body) in functions {
        let mut validator = function.into_validator(allocations);
        validator.validate(&body)?;
        allocations = validator.into_allocations();
    }
    Ok(None)
}

/// Reports a component that is an encoded WIT package: it has types only.
pub fn check_code(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut types = false;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload {
            Ok(Payload::ComponentExportSection(section)) => {
                let mut kinds = section.into_iter().flatten().map(|export| export.kind);
                if !kinds.all(|kind| kind == ComponentExternalKind::Type) {
                    return Ok(());
                }
                types = true;
            }
            Ok(Payload::ComponentTypeSection(_) | Payload::CustomSection(_))
            | Ok(Payload::Version { .. } | Payload::End(_)) => {}
            _ => return Ok(()),
        }
    }
    if !types {
        return Ok(());
    }
    Err(Diagnostic::new(format!(
        "`{}` is an encoded WIT package, which has no code",
        display_path(path)
    ))
    .hint("pass a component that implements its world")
    .into())
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
