#!/bin/sh
# A core module with one memory and nothing beyond the first version of the language. Argument: the module.
set -eu
header=$(od -An -tx1 -N8 "$1" | tr -d ' \n')
echo "header: $header"
[ "$header" = 0061736d01000000 ]
if ! command -v wasm-validate >/dev/null; then
    echo "not run further: wabt is not on PATH"
    exit 0
fi
# Whatever wabt can leave out, this wabt's own list.
options=$(wasm-validate --help | grep -o -- '--disable-[a-z0-9-]*')
echo "$options" | grep -q -- --disable-bulk-memory
# shellcheck disable=SC2086
wasm-validate $options "$1"
memories=$(wasm-objdump -h "$1" | awk '$1 == "Memory" { print $NF }')
echo "memories: $memories"
[ "$memories" = 1 ]
