"""The versions of everything that the rules use or are tested with. No other file holds one of them by hand.

After an edit, `bazel run //tools/checksum_updater -- sync` writes what is generated from this file.
"""

load("//checksums/private:compatibility.bzl", _TOOL_COMPATIBILITY = "TOOL_COMPATIBILITY")

# Which versions were seen to work together; measured by //test/version_matrix.
TOOL_COMPATIBILITY = _TOOL_COMPATIBILITY

TOOL_VERSIONS = {
    # The generator of bindings. Guests link the crate `wit-bindgen` of the same version.
    "wit-bindgen": "0.61.1",
    # Its crates (wit-parser, wit-component, wasmparser, wasm-encoder) have a 0 in place of the 1.
    "wasm-tools": "1.258.3",
    "wit-dylib": "0.258.3",
    "wac": "0.12.0",
    "wkg": "0.16.1",
    "wasmtime": "50.0.1",
    "wizer": "10.0.0",
    # The interpreter in C, as its Python package brings it.
    "wasm3": "0.5.0",
    "wasi": "0.2.12",
    "rust": "1.97.1",
    "bazel": "7.7.1",
    # Modules of the central registry
    "bazel_skylib": "1.9.2",
    "platforms": "1.1.0",
    "rules_cc": "0.2.22",
    "rules_rust": "0.73.0",
    "rules_shell": "0.8.0",
    "stardoc": "0.8.1",
}

# The versions that are built from source and measured by //test/version_matrix, oldest first. A build can
# choose any generator of these.
SOURCE_VERSIONS = {
    "wit-bindgen": [
        "0.44.0",
        "0.45.0",
        "0.46.0",
        "0.47.0",
        "0.60.0",
        "0.61.1",
    ],
    # The crates that bindings call. The older ones have no features to choose; no generator here belongs to the first,
    # which is what an old lock file brings along.
    "old-runtime": [
        "0.39.0",
        "0.44.0",
    ],
    "runtime": [
        "0.45.0",
        "0.46.0",
        "0.47.0",
        "0.60.0",
        "0.61.1",
    ],
    "wit-component": [
        "0.239.0",
        "0.240.0",
        "0.257.1",
        "0.258.3",
    ],
}
