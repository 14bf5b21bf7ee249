//! Empty: the manifest of this package names the crates.
