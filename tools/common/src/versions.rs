//! Versions: of the libraries that determine the output of the tools, as `version` prints them, and of WASI.

/// The versions of the libraries in `wit`.
pub const WIT: &str = "wit-parser 0.258.3\nwit-component 0.258.3";

/// The versions of the libraries in `component`.
pub const COMPONENT: &str =
    "wit-component 0.258.3\nwasmparser 0.258.3\nwac-graph 0.12.0\nwasmtime-environ 50.0.1";

/// The version of the packages of WASI 0.2 that the rules provide.
pub const WASI_P2: &str = "0.2.12";

/// The version of the packages of WASI 0.3 that the rules provide.
pub const WASI_P3: &str = "0.3.0";
