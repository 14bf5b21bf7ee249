#!/bin/sh
# Checks that a module has one memory and uses only MVP features. Argument: the module.
set -eu
header=$(od -An -tx1 -N8 "$1" | tr -d ' \n')
echo "header: $header"
[ "$header" = 0061736d01000000 ]
if ! command -v wasm-validate >/dev/null; then
    echo "not run further: wabt is not on PATH"
    exit 0
fi
# All features that this version of wabt can disable.
options=$(wasm-validate --help | grep -o -- '--disable-[a-z0-9-]*')
echo "$options" | grep -q -- --disable-bulk-memory
# shellcheck disable=SC2086
wasm-validate $options "$1"
memories=$(wasm-objdump -h "$1" | awk '$1 == "Memory" { print $NF }')
echo "memories: $memories"
[ "$memories" = 1 ]
