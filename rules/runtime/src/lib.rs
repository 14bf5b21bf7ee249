//! The runtime that generated bindings call, under the name that they expect: `wit_bindgen::rt`.
//!
//! The interface is what the bindings of every measured generator call, without async support; it has no dependencies.
//! Which generators it was seen to work with is in `checksums/private/compatibility.bzl`.

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

/// What generated code names; not meant to be used by hand.
pub mod rt {
    pub use crate::flags::bitflags;
    #[cfg(any(test, target_env = "p1", target_env = ""))]
    pub use crate::memory::cabi_realloc;
    pub use crate::memory::{maybe_link_cabi_realloc, Cleanup};
    pub use crate::resource::{Map, Resource, ResourceRep, WitMap};

    #[cfg(target_arch = "wasm32")]
    pub use crate::memory::run_ctors_once;
}
