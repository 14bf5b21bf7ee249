//! The subcommands: thin layers above the libraries of this crate.

pub mod check_script;
pub mod invoke;
pub mod precompile;
pub mod preinit;
pub mod run;
pub mod serve;
pub mod test;
pub mod version;
