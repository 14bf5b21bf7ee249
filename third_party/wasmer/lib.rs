//! Crates that the examples use on the machine.
