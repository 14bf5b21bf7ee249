//! Empty: cargo requires a target. Bazel builds the programs of this folder, once for each version.
