//! The program against recorded servers on this machine, and against files. No network.
//!
//! `CHECKSUM_UPDATER_BIN` names the binary where Cargo does not.

mod downloads;
mod kill;
mod malformed;
mod server;
mod sources;
mod support;
