"""The feature of the C toolchains that links clang's runtime library."""

# A link with this feature gets the library as a file, because not every clang finds its own.
WASM_BUILTINS = "wasm_builtins"
