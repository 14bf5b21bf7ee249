//! The versions of the libraries in the tools, as `version` prints them: they decide a tool's output.

/// Of the libraries in `wit`.
pub const WIT: &str = "wit-parser 0.258.3\nwit-component 0.258.3";

/// Of the libraries in `component`.
pub const COMPONENT: &str =
    "wit-component 0.258.3\nwasmparser 0.258.3\nwac-graph 0.12.0\nwasmtime-environ 50.0.1";
