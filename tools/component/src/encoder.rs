//! Options and errors of the component encoder, for `component new` and `component link`.

use crate::error::causes;
use crate::input::read_module;
use rules_wit_common::{Diagnostic, Result};
use std::path::PathBuf;
use wit_component::ComponentEncoder;

/// How the component is made, with the names that `wasm-tools component new` has for it.
#[derive(clap::Args)]
pub struct EncoderArgs {
    /// An adapter for the module that the core module imports as `NAME`.
    #[arg(long = "adapt", value_name = "NAME=FILE", value_parser = adapter)]
    pub adapters: Vec<(String, PathBuf)>,
    /// Give names to what is added, for debuggers.
    #[arg(long)]
    debug_names: bool,
    /// Let adapters allocate by growing the memory, where the module's own allocator cannot be
    /// called yet.
    #[arg(long)]
    realloc_via_memory_grow: bool,
    /// Go from one module to another with `return_call_ref`, which needs an engine with tail calls
    /// and typed references of functions.
    #[arg(long)]
    return_call_ref: bool,
}

fn adapter(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, file)) if !name.is_empty() && !file.is_empty() => {
            Ok((name.to_owned(), file.into()))
        }
        _ => Err("expected NAME=FILE".to_owned()),
    }
}

impl EncoderArgs {
    /// Sets the options and reads the adapters. `fail` converts an error of the encoder.
    pub fn configure(
        &self,
        encoder: &mut ComponentEncoder,
        fail: impl Fn(&(dyn std::error::Error + 'static)) -> Diagnostic,
    ) -> Result<()> {
        encoder
            // Validation is a separate step, off the critical path.
            .validate(false)
            .debug_names(self.debug_names)
            .realloc_via_memory_grow(self.realloc_via_memory_grow)
            .shim_return_call_ref(self.return_call_ref);
        for (name, file) in &self.adapters {
            let bytes = read_module(file)?;
            encoder
                .adapter(name, &bytes)
                .map_err(|e| fail(e.as_ref()))?;
        }
        Ok(())
    }
}

/// Reports an error of the encoder: `what` and the root cause, then the other causes as a note.
pub fn error(what: &str, error: &(dyn std::error::Error + 'static)) -> Diagnostic {
    let mut causes = causes(error);
    let root = causes.pop().unwrap_or_default();
    let mut lines = root.lines();
    let first = lines
        .next()
        .unwrap_or_default()
        .trim_end_matches([':', '.']);
    let mut d = Diagnostic::new(format!("{what}: {first}"));
    let rest: Vec<&str> = lines.collect();
    if !rest.is_empty() {
        d = d.note(rest.join("\n"));
    }
    if !causes.is_empty() {
        d = d.note(format!("while: {}", causes.join(": ")));
    }
    d
}
