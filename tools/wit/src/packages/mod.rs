//! Reads and resolves packages, and writes a package with its dependencies.

mod document;
mod load;
mod options;
mod selection;
mod world;

pub use document::{document, write_error};
pub use load::{resolve, Packages};
pub use options::Options;
pub use world::{PackageArgs, WorldArgs};
