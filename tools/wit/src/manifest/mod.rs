//! Reads manifests: which packages a package declares as dependencies, and where they are.
//!
//! Three dialects: `deps.toml` with `[dependencies]` and entries `name = { path, version }`;
//! `deps.toml` of wit-deps, with its entries at top level; `wkg.toml`, with `[overrides]` and
//! `[workspace]`. Lock files are `deps.lock` and `wkg.lock`.

mod keys;
mod lock;
mod model;
mod names;
mod read;

pub use lock::{lock, Lock};
pub use model::{Dialect, Entry, Manifest, Source};
pub use names::is_local_name;
pub use read::manifest;
