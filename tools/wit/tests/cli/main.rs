//! Tests of `wit` with input that is made here, not read from the golden cases.
//!
//! `WIT_BIN` names the binary where Cargo does not.

mod breaking;
mod buildfiles;
mod check;
mod closure;
mod docs;
mod fix;
mod graph;
mod hostile;
#[cfg(unix)]
mod links;
mod output;
mod resolve;
mod support;
