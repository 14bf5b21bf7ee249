//! The generated files: everything that follows from the versions and from the registry.

mod check;
mod generated;
mod literals;
mod locks;
mod strays;
mod template;
mod tree;
mod write;

pub use check::check;
pub use write::write;
