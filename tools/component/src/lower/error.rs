//! Why a component cannot be lowered.

use crate::error::causes;
use rules_wit_common::{display_path, Diagnostic, Failure};
use std::path::Path;
use wasm_encoder::reencode;

/// The result of a step of lowering.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a component cannot be lowered.
pub enum Error {
    /// It has something that a core module cannot express.
    Unsupported { what: String, hint: &'static str },
    /// It is an encoded WIT package.
    WitPackage,
    /// The module needs a feature that the engine does not have.
    Features(String),
    /// A library failed, with this message.
    Library(String),
    /// An internal error of this tool.
    Internal(String),
}

impl Error {
    /// The component has something that a core module cannot express.
    pub fn unsupported(what: impl Into<String>, hint: &'static str) -> Self {
        Error::Unsupported {
            what: what.into(),
            hint,
        }
    }

    /// The component uses something that only component engines implement.
    pub fn builtin(name: &str) -> Self {
        Error::unsupported(
            format!("the component uses `{name}`"),
            "run it on a component engine; asynchronous calls cannot be lowered",
        )
    }

    /// A library failed.
    pub fn library(error: &(dyn std::error::Error + 'static)) -> Self {
        let causes = causes(error).join(": ");
        let first = causes.lines().next().unwrap_or_default();
        Error::Library(first.trim_end_matches(':').to_owned())
    }

    /// An internal error of this tool: lowering `what` failed.
    pub fn internal(what: impl Into<String>) -> Self {
        Error::Internal(what.into())
    }
}

impl From<wasmparser::BinaryReaderError> for Error {
    fn from(e: wasmparser::BinaryReaderError) -> Self {
        Error::library(&e)
    }
}

impl From<reencode::Error> for Error {
    fn from(e: reencode::Error) -> Self {
        Error::library(&e)
    }
}

impl From<wat::Error> for Error {
    fn from(e: wat::Error) -> Self {
        Error::library(&e)
    }
}

impl Error {
    /// The error for a component in a file.
    pub fn failure(self, file: &Path) -> Failure {
        match self {
            Error::Unsupported { what, hint } => {
                hinted(Diagnostic::new(format!("cannot lower: {what}")), hint)
            }
            Error::WitPackage => Diagnostic::new(format!(
                "`{}` is an encoded WIT package, which has no code",
                display_path(file)
            ))
            .hint("pass a component that implements its world"),
            Error::Features(what) => hinted(
                Diagnostic::new(format!(
                    "the lowered module needs a feature that the engine does not have: {what}"
                )),
                "name the features of the engine, such as `--features wasm3`; with `--memory single`, most missing ones are replaced",
            ),
            Error::Library(what) => Diagnostic::new(format!("cannot lower: {what}"))
                .hint("check that `component validate` succeeds, and that the component runs on wasmtime"),
            Error::Internal(what) => {
                let file = display_path(file);
                Diagnostic::new(format!("internal error: cannot lower `{file}`: {what}"))
                    .hint("report it, with the component if possible")
            }
        }
        .into()
    }
}

/// Adds a hint, in which a rule names attributes in place of flags.
fn hinted(d: Diagnostic, hint: &str) -> Diagnostic {
    let quoted = hint.split('`').map(|part| match part.split_once(' ') {
        Some(("--features", value)) => format!("engine_features = \"{value}\""),
        Some(("--memory", value)) => format!("memory = \"{value}\""),
        _ => part.to_owned(),
    });
    let quoted: Vec<String> = quoted.collect();
    d.hint(hint).rule_hint(quoted.join("`"))
}
