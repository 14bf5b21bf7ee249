//! The subcommands: thin layers above the libraries of this crate.

pub mod add;
pub mod list;
pub mod pack;
pub mod sync;
pub mod update;
pub mod update_all;
pub mod validate;
