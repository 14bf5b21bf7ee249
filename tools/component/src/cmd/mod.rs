//! The subcommands, a file for each.

pub mod compose;
pub mod dylib;
pub mod graph;
pub mod link;
pub mod lower;
pub mod new;
pub mod pic;
pub mod place;
pub mod plug;
pub mod static_library;
pub mod static_link;
pub mod targets;
pub mod unbundle;
pub mod validate;
pub mod version;
pub mod wit;
