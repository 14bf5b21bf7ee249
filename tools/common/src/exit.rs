//! Exit codes, the same for every tool.
//!
//! A tool never exits with 101: a panic is reported as [`INPUT`] with the message `internal error`.

/// Success.
pub const OK: u8 = 0;
/// The input is at fault: invalid WIT, an invalid module or component.
pub const INPUT: u8 = 1;
/// The command line is at fault.
pub const USAGE: u8 = 2;
/// The environment is at fault: the file system, or the network for tools that use it.
pub const ENVIRONMENT: u8 = 3;
