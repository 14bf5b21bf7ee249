//! Why Wasmtime refuses a component.

use crate::features;
use crate::limits::Refused;
use rules_wit_common::Diagnostic;
use wasmtime_environ::wasmparser::{BinaryReaderError, Validator, WasmFeatures};
use wasmtime_environ::VERSION;

/// Returns the error for a component that does not compile: it is invalid, or it requires features that
/// are off. `error` is that of Wasmtime with the features `enabled`, which calls both invalid. Options can turn
/// on the features `optional`.
pub fn at_compilation(
    name: &str,
    bytes: &[u8],
    enabled: WasmFeatures,
    optional: WasmFeatures,
    error: &wasmtime::Error,
) -> Diagnostic {
    let all = WasmFeatures::all();
    if let Err(e) = validate(bytes, all) {
        return Diagnostic::new(format!("`{name}` is not a valid component: {e}"))
            .hint("build or download it again; `component validate` checks components");
    }
    let required = required(bytes, enabled);
    if required.is_empty() {
        return Diagnostic::new(format!(
            "Wasmtime {VERSION} cannot compile `{name}`: {error:#}"
        ))
        .hint("the component is valid: try another version of the toolchain that builds it");
    }
    let names = features::names(required);
    let refused = off(name, &names);
    if !optional.contains(required) {
        return refused.hint(format!("build the component without {}", them(&names)));
    }
    let options: Vec<String> = names
        .iter()
        .map(|n| format!("`--wasm-feature {n}`"))
        .collect();
    refused
        .hint(format!("turn {} on: {}", them(&names), options.join(" ")))
        .rule_hint(format!(
            "turn {} on: `wasm_features = {names:?}`",
            them(&names)
        ))
}

/// Returns the features that a valid component requires besides those that are enabled.
pub fn required(bytes: &[u8], enabled: WasmFeatures) -> WasmFeatures {
    if validate(bytes, enabled).is_ok() {
        return WasmFeatures::empty();
    }
    let all = WasmFeatures::all();
    let off = all.difference(enabled).iter();
    off.filter(|feature| validate(bytes, all.difference(*feature)).is_err())
        .collect()
}

/// Returns the error for a component that cannot be instantiated: it exceeds a limit, or requires a feature
/// that is off. `error` is that of Wasmtime.
pub fn at_instantiation(name: &str, error: &str, refused: Option<Refused>) -> Diagnostic {
    if error.contains("shared memory support is disabled") {
        return off(name, &["shared memory".to_owned()]).hint("build the component without it");
    }
    let hint = match refused {
        Some(refused) => refused.explain(),
        None => "build it with another toolchain, or for another host".to_owned(),
    };
    Diagnostic::new(format!("cannot instantiate `{name}`: {error}")).hint(hint)
}

fn off(name: &str, features: &[String]) -> Diagnostic {
    let noun = match features.len() {
        1 => "a feature",
        _ => "features",
    };
    Diagnostic::new(format!(
        "`{name}` requires {noun} that Wasmtime {VERSION} has off by default: {}",
        features.join(", ")
    ))
}

/// The pronoun for features.
fn them(features: &[String]) -> &'static str {
    match features.len() {
        1 => "it",
        _ => "them",
    }
}

fn validate(bytes: &[u8], features: WasmFeatures) -> Result<(), BinaryReaderError> {
    Validator::new_with_features(features)
        .validate_all(bytes)
        .map(drop)
}
