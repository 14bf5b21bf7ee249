"""The versions of everything that the rules use or are tested with.

All other files with versions are generated from this one. After an edit, `bazel run //tools/checksum_updater -- sync`
writes them.
"""

load("//checksums/private:compatibility.bzl", _TOOL_COMPATIBILITY = "TOOL_COMPATIBILITY")

# Versions that work together, measured by //test/version_matrix.
TOOL_COMPATIBILITY = _TOOL_COMPATIBILITY

TOOL_VERSIONS = {
    # This module. A release has this version, and archives of the tools with it.
    "rules_wit": "0.1.0",
    # The bindings generator. Guests link the crate `wit-bindgen` of the same version.
    "wit-bindgen": "0.63.0",
    # Its libraries (wit-parser, wit-component, wasmparser, wasm-encoder) have version 0.N.P instead of 1.N.P.
    "wasm-tools": "1.258.3",
    "wit-dylib": "0.258.3",
    "wac": "0.12.0",
    "wkg": "0.16.1",
    "wasmtime": "50.0.1",
    # The interpreter's sources, which its Python package contains.
    "wasm3": "0.5.0",
    # The interpreters' sources. The crate rquickjs-sys contains those of QuickJS-NG, lua-src those of Lua 5.4.
    "rquickjs-sys": "0.14.0",
    "lua-src": "551.1.0",
    "rhai": "1.27.0",
    # MoonBit's compiler and standard library, from the npm package of its playground.
    "moonbit": "0.1.202602255",
    # The generator of its bindings, whose code is adapted to that compiler.
    "wit-bindgen-moonbit": "0.61.1",
    # The formatter and linter of Starlark, from its npm package.
    "buildifier": "8.2.1",
    # The packages in //rules/wasi, which come with wasmtime.
    "wasi": "0.2.12",
    "wasi-p3": "0.3.0",
    "rust": "1.97.1",
    "bazel": "7.7.1",
    # Modules of the Bazel Central Registry.
    "bazel_skylib": "1.9.2",
    "platforms": "1.1.0",
    "rules_cc": "0.2.22",
    "rules_license": "1.0.0",
    "rules_rust": "0.73.0",
    "rules_shell": "0.8.0",
    "stardoc": "0.8.1",
}

# The oldest versions that work. That of Rust is the largest `rust-version` of the crates that the tools link.
MINIMUM_VERSIONS = {
    "rust": "1.97.0",
}

# The versions that can be built from source, oldest first; //test/version_matrix measures which work together. A build
# can choose any of these generators.
SOURCE_VERSIONS = {
    "wit-bindgen": [
        "0.44.0",
        "0.45.0",
        "0.46.0",
        "0.47.0",
        "0.60.0",
        "0.61.1",
        "0.62.0",
        "0.63.0",
    ],
    # The runtime crates that bindings call. The old ones lack features of the others. The first belongs to no generator
    # of this list; old lock files contain it.
    "old-runtime": [
        "0.39.0",
        "0.44.0",
    ],
    "runtime": [
        "0.45.0",
        "0.46.0",
        "0.47.0",
    ],
    # Those that support async functions, futures and streams.
    "async-runtime": [
        "0.60.0",
        "0.61.1",
        "0.62.0",
        "0.63.0",
    ],
    "wit-component": [
        "0.240.0",
        "0.257.1",
        "0.258.3",
        "0.263.0",
    ],
}
