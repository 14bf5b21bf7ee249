//! Components as machine code, which are compiled when they are built.
//!
//! Wasmtime trusts machine code: a file that somebody else wrote can do what this process can. So it is
//! loaded only if the user names its SHA-256.

use crate::features::DEFAULT;
use crate::refusal;
use rules_wit_common::{display_path, read_text, Diagnostic, Limit, Result};
use sha2::{Digest, Sha256};
use std::path::Path;
use wasmtime::component::Component;
use wasmtime::{Config, Engine};
use wasmtime_environ::wasmparser::WasmFeatures;
use wasmtime_environ::VERSION;

/// How to compile.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The triple of the platform, for all of its CPUs; `None` for this machine and its CPU.
    pub target: Option<String>,
    /// Whether code consumes fuel.
    pub fuel: bool,
    /// Whether code can be interrupted by epochs.
    pub epochs: bool,
    /// Whether to leave out garbage collection, and exceptions, which need it.
    pub no_gc: bool,
}

/// Compiles a component. Errors: components that Wasmtime refuses, and platforms that
/// it cannot compile for.
pub fn precompile(name: &str, bytes: &[u8], settings: &Settings) -> Result<Vec<u8>> {
    // Only what is on by default: any engine loads the code.
    let mut config = Config::new();
    config
        .consume_fuel(settings.fuel)
        .epoch_interruption(settings.epochs);
    if settings.no_gc {
        config
            .gc_support(false)
            .wasm_gc(false)
            .wasm_function_references(false)
            .wasm_exceptions(false);
    }
    let engine = match &settings.target {
        Some(target) => config
            .target(target)
            .and_then(|config| Engine::new(config))
            .map_err(|e| {
                Diagnostic::new(format!("cannot compile for `{target}`: {e:#}")).hint(format!(
                    "pass a triple such as `{}-unknown-linux-gnu`; this runner compiles for that architecture only",
                    std::env::consts::ARCH
                ))
            })?,
        None => Engine::new(&config)
            .map_err(|e| Diagnostic::environment(format!("cannot start Wasmtime: {e:#}")))?,
    };
    let compiled = engine.precompile_component(bytes);
    let none = WasmFeatures::empty();
    Ok(compiled.map_err(|e| refusal::at_compilation(name, bytes, DEFAULT, none, &e))?)
}

/// Loads machine code that has passed [`check_digest`]. Errors: code of another version or platform, or with
/// other settings than those of `engine`.
#[allow(unsafe_code)]
pub fn load(engine: &Engine, bytes: &[u8], name: &str) -> Result<Component> {
    // SAFETY: the user vouches for the code by its digest. Wasmtime checks version, platform and settings.
    let loaded = unsafe { Component::deserialize(engine, bytes) };
    Ok(loaded.map_err(|e| {
        Diagnostic::new(format!("cannot load the machine code `{name}`: {e:#}")).hint(format!(
            "compile it with `runner precompile` of Wasmtime {VERSION} for this platform: for `serve` with `--epochs`, otherwise without"
        ))
    })?)
}

/// SHA-256 in hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Fails unless the SHA-256 of `bytes` is `wanted`: 64 hexadecimal digits, or the path of a file that begins
/// with them.
pub fn check_digest(bytes: &[u8], name: &str, wanted: &str) -> Result<()> {
    let wanted = match is_digest(wanted) {
        true => wanted.to_owned(),
        false => read_digest(Path::new(wanted))?,
    };
    let found = digest(bytes);
    match found.eq_ignore_ascii_case(&wanted) {
        true => Ok(()),
        false => Err(
            Diagnostic::new(format!("the SHA-256 of `{name}` is {found}, not {wanted}"))
                .hint("machine code that has changed is not run: compile the component again")
                .into(),
        ),
    }
}

fn read_digest(path: &Path) -> Result<String> {
    let text = read_text(path, Limit::SOURCE)?;
    match text
        .split_whitespace()
        .next()
        .filter(|word| is_digest(word))
    {
        Some(word) => Ok(word.to_owned()),
        None => Err(Diagnostic::new(format!(
            "`{}` does not begin with a SHA-256",
            display_path(path)
        ))
        .hint("pass 64 hexadecimal digits, or the file that `precompile --output-sha256` wrote")
        .into()),
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
