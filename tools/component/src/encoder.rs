//! Options and errors of the component encoder, for `component new` and `component link`.

use crate::error::causes;
use crate::input::read_module;
use crate::module::Module;
use rules_wit_common::{Diagnostic, Result};
use std::collections::BTreeSet;
use std::path::PathBuf;
use wit_component::{ComponentEncoder, StringEncoding};

/// The encoding of strings in the memory of a module.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-16.
    Utf16,
    /// Latin-1 or UTF-16, by string.
    CompactUtf16,
}

impl From<Encoding> for StringEncoding {
    fn from(encoding: Encoding) -> Self {
        match encoding {
            Encoding::Utf8 => StringEncoding::UTF8,
            Encoding::Utf16 => StringEncoding::UTF16,
            Encoding::CompactUtf16 => StringEncoding::CompactUTF16,
        }
    }
}

/// Options of the encoder, under the names of `wasm-tools component new`.
#[derive(clap::Args)]
pub struct EncoderArgs {
    /// An adapter module for imports from the module `NAME`.
    #[arg(long = "adapt", value_name = "NAME=FILE", value_parser = adapter)]
    pub adapters: Vec<(String, PathBuf)>,
    /// Name generated items, for debuggers.
    #[arg(long)]
    debug_names: bool,
    /// Let adapters allocate by growing the memory where the allocator of the module cannot be
    /// called yet.
    #[arg(long)]
    realloc_via_memory_grow: bool,
    /// Call other modules with `return_call_ref`, which requires an engine with tail calls and
    /// typed function references.
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

    /// The names that adapters import.
    pub fn imported(&self) -> Result<BTreeSet<String>> {
        let mut names = BTreeSet::new();
        for (_, file) in &self.adapters {
            let bytes = read_module(file)?;
            // The encoder reports an invalid module.
            if let Ok(module) = Module::new(&bytes) {
                names.extend(module.imports.iter().map(|i| i.name.to_owned()));
            }
        }
        Ok(names)
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
