//! The features of WebAssembly that are on.

use wasmtime::Config;
use wasmtime_environ::wasmparser::WasmFeatures;

/// What Wasmtime has on by default, with the crate features that this program enables.
pub const DEFAULT: WasmFeatures = WasmFeatures::WASM3
    .union(WasmFeatures::WIDE_ARITHMETIC)
    .union(WasmFeatures::COMPONENT_MODEL)
    .union(WasmFeatures::CM_ASYNC);

/// What is on in every component: Wasmtime's default, and what WASI 0.3.1 added to WIT.
pub const BASELINE: WasmFeatures = DEFAULT
    .union(WasmFeatures::CM_IMPLEMENTS)
    .union(WasmFeatures::CM_MAP);

type Switch = fn(&mut Config, bool) -> &mut Config;

/// The features that are not on by themselves.
const SWITCHES: &[(WasmFeatures, Switch)] = &[
    (
        WasmFeatures::CM_ACCESSORS,
        Config::wasm_component_model_accessors,
    ),
    (
        WasmFeatures::CM_ASYNC_STACKFUL,
        Config::wasm_component_model_async_stackful,
    ),
    (
        WasmFeatures::CM_CANON_NAMES,
        Config::wasm_component_model_canonical_names,
    ),
    (
        WasmFeatures::CM_ERROR_CONTEXT,
        Config::wasm_component_model_error_context,
    ),
    (
        WasmFeatures::CM_FIXED_LENGTH_LISTS,
        Config::wasm_component_model_fixed_length_lists,
    ),
    (
        WasmFeatures::CM_IMPLEMENTS,
        Config::wasm_component_model_implements,
    ),
    (WasmFeatures::CM_MAP, Config::wasm_component_model_map),
    (
        WasmFeatures::CM_MORE_ASYNC_BUILTINS,
        Config::wasm_component_model_more_async_builtins,
    ),
    (
        WasmFeatures::CM_THREADING,
        Config::wasm_component_model_threading,
    ),
];

/// The features that an option can turn on.
pub fn optional() -> WasmFeatures {
    let all: WasmFeatures = SWITCHES.iter().map(|(feature, _)| *feature).collect();
    all.difference(BASELINE)
}

/// Returns a configuration with these features on, of which Wasmtime has some on by default.
pub fn configuration(features: WasmFeatures) -> Config {
    let mut config = Config::new();
    for (feature, switch) in SWITCHES {
        if features.contains(*feature) {
            switch(&mut config, true);
        }
    }
    config
}

/// Returns the names of features, as `wasm-tools validate --features` has them.
pub fn names(features: WasmFeatures) -> Vec<String> {
    let name = |(name, _): (&str, WasmFeatures)| name.to_ascii_lowercase().replace('_', "-");
    features.iter_names().map(name).collect()
}

/// Parses the name of a feature that an option can turn on.
pub fn parse(text: &str) -> Result<WasmFeatures, String> {
    let found = optional().iter().find(|feature| names(*feature) == [text]);
    found.ok_or_else(|| format!("expected one of: {}", names(optional()).join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enabled_features_are_those_of_wasmtime() {
        for features in [BASELINE, BASELINE.union(optional())] {
            let config = format!("{:?}", configuration(features));
            for (name, feature) in WasmFeatures::all().iter_names() {
                let name = name.to_lowercase();
                let shown = format!("wasm_{name}: {}", features.contains(feature));
                assert!(config.contains(&shown), "{shown}");
            }
        }
    }

    #[test]
    fn names_are_parsed() {
        assert_eq!(
            parse("cm-error-context"),
            Ok(WasmFeatures::CM_ERROR_CONTEXT)
        );
        for wrong in ["", "cm-map", "error-context", "stack-switching"] {
            let error = parse(wrong).expect_err(wrong);
            assert!(
                error.starts_with("expected one of: cm-async-stackful, "),
                "{error}"
            );
        }
    }
}
