#!/bin/sh
# Shows that naively merged modules return wrong results, because each passes addresses of its own memory. Arguments: the
# host, the two modules.
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
