//! The subcommands, a module each: their arguments, and a function `run`.
//!
//! A module that needs parts of its own is a directory. What several commands need is in the
//! modules beside this one; these never import a command.

pub mod bindgen_js_types;
pub mod bindgen_moonbit;
pub mod bindgen_rust;
pub mod breaking;
pub mod buildfiles;
pub mod check;
pub mod closure;
pub mod docs;
pub mod encode;
pub mod fix;
pub mod graph;
pub mod host_bindgen_c;
pub mod host_bindgen_moonbit;
pub mod host_bindgen_rust;
pub mod resolve;
pub mod version;
