//! The runtime that generated bindings call, under the name that they expect: `wit_bindgen::rt`.
//!
//! It belongs to the generator of the same set of rules, so the two cannot drift apart, and it has no dependencies. The
//! interface is that of the crate `wit-bindgen` in the version that the tool `wit` links, without async support.

#![no_std]

extern crate alloc;
#[cfg(not(target_os = "none"))]
extern crate std;

mod flags;
mod memory;
mod resource;

/// What generated code names; not meant to be used by hand.
pub mod rt {
    pub use crate::flags::bitflags;
    #[cfg(any(target_env = "p1", target_env = ""))]
    pub use crate::memory::cabi_realloc;
    pub use crate::memory::{maybe_link_cabi_realloc, Cleanup};
    pub use crate::resource::{Map, Resource, ResourceRep, WitMap};

    #[cfg(target_arch = "wasm32")]
    pub use crate::memory::run_ctors_once;
}
