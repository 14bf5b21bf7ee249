//! Reading WIT packages: the sources of one package and the normalised files of its dependencies.
//!
//! Everything that can go wrong is told as a [`rules_wit_common::Diagnostic`], with the labels of
//! the targets at fault: a normalised file begins with `// label: LABEL`.

mod batch;
mod comments;
mod diagnose;
mod header;
mod index;
mod load;
mod world;

pub use batch::Batch;
pub use comments::block_comment;
pub use load::{parse, Features, Loaded, Parsed, Sources};
pub use world::select_world;

/// The start of the line that names the target of a normalised file.
pub const LABEL_PREFIX: &str = "// label: ";
