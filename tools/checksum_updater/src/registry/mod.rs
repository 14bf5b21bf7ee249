//! The registry of checksums: the files `checksums/tools/<tool>.json`.

mod check;
mod directory;
mod format;
mod locations;
pub mod starlark;
mod tool;

pub use check::check;
pub use directory::{paths, read, DIRECTORY};
pub use format::{Package, PackageSource, Release, VersionEntry};
pub use tool::Tool;
