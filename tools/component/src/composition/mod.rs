//! What is connected with what in a graph of components: explains why a composition is invalid, finds
//! the interfaces that its exports take types from, and keeps external ids.

mod connections;
mod external_ids;
mod resources;
mod types;

pub use connections::Composition;
pub use external_ids::with_external_ids;
pub use resources::{Conflict, Origin};
