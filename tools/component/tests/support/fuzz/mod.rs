//! Arbitrary modules as components that call each other.

mod callee;
mod module;
mod pair;
mod types;

pub use callee::{Callee, Composed, Lowered};
pub use pair::Pair;
pub use types::{Random, Signature};
