//! Which packages of a tree use which, what their manifests declare, and what is wrong with them.
//!
//! [`Analysis`] is the pipeline: it selects one of several copies of a package, reads the
//! manifests, compares them with the WIT, and finds cycles. The commands take from it what they
//! need.

mod analysis;
mod copies;
mod cycles;
mod entries;
mod graph;
mod locks;
mod meaning;
mod paths;
mod resolve;
mod uses;
mod versions;

pub use analysis::{Analysis, Need, Package, Report};
