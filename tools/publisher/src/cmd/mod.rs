//! The subcommands.

pub mod embed;
pub mod provenance;
pub mod pull;
pub mod push;
pub mod verify;
