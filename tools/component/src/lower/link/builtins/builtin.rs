//! A module of builtins.

use crate::lower::link::instance::Def;
use wasmtime_environ::component::TrampolineIndex;

/// A module of builtins.
pub struct Builtin {
    pub wasm: Vec<u8>,
    /// What its imports are bound to.
    pub imports: Vec<Def>,
    /// The builtins that it implements, and the names of the exports that do.
    pub exports: Vec<(TrampolineIndex, String)>,
}
