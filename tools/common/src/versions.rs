//! The versions of the libraries that determine the output of the tools, as `version` prints them.

/// The versions of the libraries in `wit`.
pub const WIT: &str = "wit-parser 0.258.3\nwit-component 0.258.3";

/// The versions of the libraries in `component`.
pub const COMPONENT: &str =
    "wit-component 0.258.3\nwasmparser 0.258.3\nwac-graph 0.12.0\nwasmtime-environ 50.0.1";
