//! The runtime that generated bindings call, under the name that they use: `wit_bindgen::rt`.
//!
//! It has no dependencies and no async support. Bindings of all generators in the version matrix work with it, see
//! `checksums/private/compatibility.bzl`.

#![no_std]

extern crate alloc;
#[cfg(not(target_os = "none"))]
extern crate std;

mod flags;
#[cfg(feature = "static")]
mod heap;
mod memory;
mod resource;
#[cfg(test)]
mod tests;

/// Items for generated code only.
pub mod rt {
    pub use crate::flags::bitflags;
    #[cfg(any(test, target_env = "p1", target_env = ""))]
    pub use crate::memory::cabi_realloc;
    pub use crate::memory::{maybe_link_cabi_realloc, Cleanup};
    pub use crate::resource::{Map, Resource, ResourceRep, WitMap};

    #[cfg(target_arch = "wasm32")]
    pub use crate::memory::run_ctors_once;
}
