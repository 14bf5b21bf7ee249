//! Tests of the program with local servers and files, without network.
//!
//! Outside of Cargo, `CHECKSUM_UPDATER_BIN` names the binary.

mod downloads;
mod kill;
mod malformed;
mod pack;
mod server;
mod sources;
mod support;
