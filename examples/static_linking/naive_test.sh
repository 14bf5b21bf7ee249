#!/bin/sh
# Merging modules that pass addresses of their own memories gives a wrong answer. Arguments: the host, the two modules.
set -eu
if ! command -v wasm-merge >/dev/null; then
    echo "not run: binaryen's wasm-merge is not on PATH"
    exit 0
fi
merged=$TEST_TMPDIR/merged.wasm
wasm-merge --all-features "$2" guest "$3" dependency -o "$merged"
got=$("$1" "$merged")
echo "$got"
[ "$got" = "[*] Hello, Hello!" ]
