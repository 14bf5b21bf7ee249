#!/bin/sh
# docs/rust-bindings.md has every option of the generator, and none that it does not have.
set -eu
generator=$1
page=$2
"$generator" rust --help | sed -n 's/^ *\(-., \)\{0,1\}\(--[a-z-]*\).*/\2/p' | grep -vx -e --help -e --check | sort -u >"$TEST_TMPDIR/there"
sed -n 's/^| `\(--[a-z-]*\)` .*/\1/p' "$page" | sort >"$TEST_TMPDIR/told"
[ -s "$TEST_TMPDIR/there" ]
if ! diff "$TEST_TMPDIR/told" "$TEST_TMPDIR/there"; then
    echo "error: docs/rust-bindings.md (<) and the generator (>) differ in what options there are" >&2
    exit 1
fi
