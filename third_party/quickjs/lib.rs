//! Empty: the manifest of this package names the crate that contains the sources.
