//! `publisher`: components and WIT packages in OCI registries, and their provenance.

fn main() {}
