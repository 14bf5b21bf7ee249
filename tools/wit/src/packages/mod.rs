//! Reads and resolves packages, and writes a package with its dependencies.

mod document;
mod encoded;
mod load;
mod options;
mod selection;

pub use document::{document, write_error};
#[cfg(test)]
pub use encoded::decoded_texts;
pub use load::{resolve, Packages};
pub use options::Options;
