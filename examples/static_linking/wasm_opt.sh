#!/bin/sh
# Runs the wasm-opt of this machine.
if ! command -v wasm-opt >/dev/null; then
    echo "error: wasm-opt is not on PATH" >&2
    echo "hint: install binaryen, or choose one with rules_wit.tool(name = \"binaryen\", ...)" >&2
    exit 1
fi
exec wasm-opt "$@"
