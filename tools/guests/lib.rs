//! Crates that the examples use.
