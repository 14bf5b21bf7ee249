//! Cargo wants a target; the programs of this folder are built by Bazel, once for each version.
