//! What is connected with what in a graph of components: explains why a composition is invalid, and
//! finds the interfaces that its exports take types from.

mod connections;
mod resources;
mod types;

pub use connections::Composition;
pub use resources::{Conflict, Origin};
