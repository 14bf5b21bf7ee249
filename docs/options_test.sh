#!/bin/sh
# Checks that docs/rust-bindings.md lists exactly the options of the generator.
set -eu
generator=$1
page=$2
"$generator" rust --help | sed -n 's/^ *\(-., \)\{0,1\}\(--[a-z-]*\).*/\2/p' | grep -vx -e --help -e --check | sort -u >"$TEST_TMPDIR/there"
sed -n 's/^| `\(--[a-z-]*\)` .*/\1/p' "$page" | sort >"$TEST_TMPDIR/told"
[ -s "$TEST_TMPDIR/there" ]
if ! diff "$TEST_TMPDIR/told" "$TEST_TMPDIR/there"; then
    echo "error: docs/rust-bindings.md (<) lists other options than the generator (>) has" >&2
    exit 1
fi
