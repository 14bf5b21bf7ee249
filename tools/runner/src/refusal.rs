//! Why Wasmtime refuses a component.

use crate::limits::Refused;
use rules_wit_common::Diagnostic;
use wasmtime_environ::wasmparser::{BinaryReaderError, Validator, WasmFeatures};
use wasmtime_environ::VERSION;

/// The features that Wasmtime has on by default, with the crate features that this program enables.
const ENABLED: WasmFeatures = WasmFeatures::WASM3
    .union(WasmFeatures::WIDE_ARITHMETIC)
    .union(WasmFeatures::COMPONENT_MODEL)
    .union(WasmFeatures::CM_ASYNC);

/// Returns the error for a component that does not compile: it is invalid, or it requires features that
/// are off. `error` is that of Wasmtime, which calls both invalid.
pub fn at_compilation(name: &str, bytes: &[u8], error: &wasmtime::Error) -> Diagnostic {
    let all = WasmFeatures::all();
    if let Err(e) = validate(bytes, all) {
        return Diagnostic::new(format!("`{name}` is not a valid component: {e}"))
            .hint("build or download it again; `component validate` checks components");
    }
    let required: Vec<String> = all
        .difference(ENABLED)
        .iter_names()
        .filter(|(_, feature)| validate(bytes, all.difference(*feature)).is_err())
        .map(|(name, _)| name.to_ascii_lowercase().replace('_', "-"))
        .collect();
    match required.is_empty() {
        true => Diagnostic::new(format!(
            "Wasmtime {VERSION} cannot compile `{name}`: {error:#}"
        ))
        .hint("the component is valid: try another version of the toolchain that builds it"),
        false => off(name, &required),
    }
}

/// Returns the error for a component that cannot be instantiated: it exceeds a limit, or requires a feature
/// that is off. `error` is that of Wasmtime.
pub fn at_instantiation(name: &str, error: &str, refused: Option<Refused>) -> Diagnostic {
    if error.contains("shared memory support is disabled") {
        return off(name, &["shared memory".to_owned()]);
    }
    let hint = match refused {
        Some(refused) => refused.explain(),
        None => "build it with another toolchain, or for another host".to_owned(),
    };
    Diagnostic::new(format!("cannot instantiate `{name}`: {error}")).hint(hint)
}

fn off(name: &str, features: &[String]) -> Diagnostic {
    let (noun, them) = match features.len() {
        1 => ("a feature", "it"),
        _ => ("features", "them"),
    };
    Diagnostic::new(format!(
        "`{name}` requires {noun} that Wasmtime {VERSION} has off by default: {}",
        features.join(", ")
    ))
    .hint(format!("build the component without {them}"))
}

fn validate(bytes: &[u8], features: WasmFeatures) -> Result<(), BinaryReaderError> {
    Validator::new_with_features(features)
        .validate_all(bytes)
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enabled_features_are_those_of_wasmtime() {
        let config = format!("{:?}", wasmtime::Config::new());
        for (name, feature) in WasmFeatures::all().iter_names() {
            let shown = format!(
                "wasm_{}: {}",
                name.to_lowercase(),
                ENABLED.contains(feature)
            );
            assert!(config.contains(&shown), "{shown}");
        }
    }
}
