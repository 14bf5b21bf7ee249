//! Runs scripts of upstream's tests with our tool.

pub mod script;
pub mod tool;
