//! Empty: the manifest of this package names the crates that a host on Wasmer links.
