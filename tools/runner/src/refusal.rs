//! Why Wasmtime refuses a component.

use crate::features;
use crate::limits::Refused;
use rules_wit_common::{Diagnostic, Result};
use std::any::Any;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use wasmtime::component::Component;
use wasmtime::Engine;
use wasmtime_environ::wasmparser::{BinaryReaderError, Validator, WasmFeatures};
use wasmtime_environ::VERSION;

/// Compiles a component. Fails with the diagnostic that `explain` makes of Wasmtime's error, and for a
/// component that exceeds a limit of Wasmtime.
pub fn compile(
    engine: &Engine,
    name: &str,
    bytes: &[u8],
    explain: impl FnOnce(&wasmtime::Error) -> Diagnostic,
) -> Result<Component> {
    // Wasmtime asserts that the modules which it makes to connect components are valid.
    match catch_unwind(AssertUnwindSafe(|| Component::from_binary(engine, bytes))) {
        Ok(compiled) => compiled.map_err(|e| explain(&e).into()),
        Err(panic) if has_too_many_memories(&*panic) => Err(Diagnostic::new(format!(
            "Wasmtime {VERSION} cannot compile `{name}`: it connects more than 100 memories in one module"
        ))
        .hint("lower it to a module with one memory: `component lower --memory single`")
        .rule_hint("lower it to a module with one memory: `wasm_component_lower` with `memory = \"single\"`")
        .into()),
        Err(panic) => resume_unwind(panic),
    }
}

fn has_too_many_memories(panic: &(dyn Any + Send)) -> bool {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.is_some_and(|text| text.contains("memories count exceeds limit"))
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_memories_than_a_module_can_have() {
        let (mut lowered, mut imports, mut exports) = <(String, String, String)>::default();
        for i in 0..100 {
            lowered += &format!(
                r#"(instance $g{i} (instantiate $giver))
                   (core func $f{i} (canon lower (func $g{i} "f") (memory (core memory $a "m")) (realloc (core func $a "r"))))"#
            );
            imports += &format!(r#"(import "" "{i}" (func (param i32)))"#);
            exports += &format!(r#"(export "{i}" (func $f{i}))"#);
        }
        let text = format!(
            r#"(component
                 (component $giver
                   (core module $m (memory (export "m") 1) (func (export "f") (result i32) (i32.const 16)))
                   (core instance $i (instantiate $m))
                   (func (export "f") (result string)
                     (canon lift (core func $i "f") (memory (core memory $i "m")))))
                 (core module $libc (memory (export "m") 1)
                   (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable))
                 (core instance $a (instantiate $libc))
                 {lowered}
                 (core module $n {imports})
                 (core instance (instantiate $n (with "" (instance {exports})))))"#
        );
        let bytes = wat::parse_str(text).expect("wat");
        let compiled = compile(&Engine::default(), "x.wasm", &bytes, |e| panic!("{e}"));
        let e = compiled.expect_err("a limit");
        let text = e.target(Some("//a:b")).render(false);
        for part in ["more than 100 memories", "`wasm_component_lower` with"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
