//! Wasmtime's C API as a library for programs in C.

pub use wasmtime_c_api::*;
