//! Reads and resolves WIT packages, and reports what is wrong with them.
//!
//! [`parse`] reads one package with its dependencies from files, [`Batch`] many packages from texts
//! in memory. Errors are [`rules_wit_common::Diagnostic`]s that name the Bazel targets at fault: a
//! package in normal form begins with `// label: LABEL`.

mod batch;
mod comments;
mod copies;
mod declarations;
mod diagnose;
mod features;
mod header;
mod hints;
mod includes;
mod index;
mod keywords;
mod load;
pub mod normal_form;
mod panics;
mod sources;
pub mod spans;
mod world;

pub use batch::{Batch, Resolved};
pub use comments::block_comment;
pub use features::Features;
pub use keywords::{escape, is_keyword};
pub use load::{parse, parse_packages, Loaded, Parsed};
pub use sources::{Sources, LABEL_PREFIX};
pub use world::select_world;
