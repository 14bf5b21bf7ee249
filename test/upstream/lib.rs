//! An empty crate: cargo requires a target.
